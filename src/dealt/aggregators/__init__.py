"""Roll-ups of what contacts and companies did (orders, lines, events) into attributes of theirs, always exact."""

from dealt.aggregators.auditing import CompaniesFound, check_companies
from dealt.aggregators.columns import value_column
from dealt.aggregators.company_rounds import CompanyRounds
from dealt.aggregators.compiling import over_everybody
from dealt.aggregators.deriving import AggregatorDeriver, load_aggregators
from dealt.aggregators.figures import Figure, read_figure
from dealt.aggregators.following import Noted
from dealt.aggregators.functions import FUNCTIONS
from dealt.aggregators.keeping import (
    create_aggregator,
    delete_aggregator,
    page_of_aggregators,
    read_aggregator,
    restore_aggregator,
    update_aggregator,
)
from dealt.aggregators.model import SOURCES, SUBJECTS, Aggregator, unconverted_key
from dealt.aggregators.reading import (
    AGGREGATORS,
    OF_COMPANIES,
    Explained,
    explain_value,
    is_money,
    preview,
    sample,
    shown_value,
    shown_values,
    values_of,
)
from dealt.aggregators.reading_companies import (
    CompanyProgress,
    ages_of_companies,
    companies_wait_since,
    progress_of_each,
    values_of_companies,
)
from dealt.aggregators.schemas import read_changes, read_new, read_preview
from dealt.aggregators.watching import VALUES, watch

__all__ = [
    "AGGREGATORS",
    "FUNCTIONS",
    "OF_COMPANIES",
    "SOURCES",
    "SUBJECTS",
    "VALUES",
    "Aggregator",
    "AggregatorDeriver",
    "CompaniesFound",
    "CompanyProgress",
    "CompanyRounds",
    "Explained",
    "Figure",
    "Noted",
    "ages_of_companies",
    "check_companies",
    "companies_wait_since",
    "create_aggregator",
    "delete_aggregator",
    "explain_value",
    "is_money",
    "load_aggregators",
    "over_everybody",
    "page_of_aggregators",
    "preview",
    "progress_of_each",
    "read_aggregator",
    "read_changes",
    "read_figure",
    "read_new",
    "read_preview",
    "restore_aggregator",
    "sample",
    "shown_value",
    "shown_values",
    "unconverted_key",
    "update_aggregator",
    "value_column",
    "values_of",
    "values_of_companies",
    "watch",
]
