"""The one filter language: JSON in, a checked tree, and from it SQL, a sentence and an explanation.

``parse_filter`` checks the shape, ``check_filter`` the words, ``Compiler`` (or ``compile_filter``) makes SQL,
``describe`` an English sentence, ``explain`` says for one subject which conditions hold and why.
"""

from dealt.predicates.batch import Batch, Whole
from dealt.predicates.catalogue import (
    Amount,
    Beside,
    FilterCatalogue,
    FilterField,
    Kind,
    Membership,
    Relation,
    Subject,
    attribute,
    column,
)
from dealt.predicates.check import check_filter, field_of
from dealt.predicates.checked import (
    EVERYTHING,
    AllOf,
    Checked,
    CountTest,
    FieldTest,
    FigureTest,
    Inverse,
    MemberTest,
    OneOf,
    PickTest,
    every_leaf,
    facets_of,
    references,
)
from dealt.predicates.compile import Compiler, belongs, compile_filter, from_related, least
from dealt.predicates.describe import describe
from dealt.predicates.explain import Explained, explain
from dealt.predicates.moments import CALENDARS, UNITS, Moment, Span, closes, later, opens
from dealt.predicates.nodes import MEASURES, PICKS, QUANTIFIERS
from dealt.predicates.numbering import by_ids
from dealt.predicates.operators import OPERATORS, Operator
from dealt.predicates.parse import parse_filter
from dealt.predicates.spelling import LONGEST_SPELLING, UNESCAPED, spell, unspell
from dealt.predicates.values import WEEKDAYS, read_span, read_window

__all__ = [
    "CALENDARS",
    "EVERYTHING",
    "LONGEST_SPELLING",
    "MEASURES",
    "OPERATORS",
    "PICKS",
    "QUANTIFIERS",
    "UNESCAPED",
    "UNITS",
    "WEEKDAYS",
    "AllOf",
    "Amount",
    "Batch",
    "Beside",
    "Checked",
    "Compiler",
    "CountTest",
    "Explained",
    "FieldTest",
    "FigureTest",
    "FilterCatalogue",
    "FilterField",
    "Inverse",
    "Kind",
    "MemberTest",
    "Membership",
    "Moment",
    "OneOf",
    "Operator",
    "PickTest",
    "Relation",
    "Span",
    "Subject",
    "Whole",
    "attribute",
    "belongs",
    "by_ids",
    "check_filter",
    "closes",
    "column",
    "compile_filter",
    "describe",
    "every_leaf",
    "explain",
    "facets_of",
    "field_of",
    "from_related",
    "later",
    "least",
    "opens",
    "parse_filter",
    "read_span",
    "read_window",
    "references",
    "spell",
    "unspell",
]
