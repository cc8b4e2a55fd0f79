"""All SQL of boards, but for what the filter language compiles."""

from __future__ import annotations

from dealt.board.model import NEXT_TASK

# Of the deals that WHICH finds, what their cards show.
_SHOWN = """
SELECT d.id, d.stage_id, d.pipeline_id, d.name, d.value, d.currency, d.base_value, d.status, d.stage_entered_at,
    d.ordered_at, d.updated_at, {next_task} AS next_task, d.tag_ids, d.assigned_to, d.version, c.placeholder,
    c.first_name, c.last_name, c.email, c.custom_id, line.number AS lines, line.picture{{also}}
FROM ({which}) AS d
LEFT JOIN contacts AS c ON c.id = d.contact_id
CROSS JOIN LATERAL (
    SELECT count(*) AS number, (array_agg(l.receipt ->> 'image_url' ORDER BY l.position))[1] AS picture
    FROM deal_lines AS l WHERE l.contact_id = d.contact_id AND l.deal_id = d.id) AS line
ORDER BY {order}"""

# One page of each of several columns. {conditions} and {after} are about d.
COLUMNS = _SHOWN.format(
    next_task=NEXT_TASK,
    which="""
    SELECT card.* FROM unnest({stages}::bigint[]) AS stage(id) CROSS JOIN LATERAL (
        SELECT d.* FROM {source} AS d WHERE d.workspace_id = {workspace} AND d.stage_id = stage.id{conditions}
        ORDER BY {column} {way}, d.id {way} LIMIT {limit}) AS card""",
    order="{column} {way}, d.id {way}",
)

# The same where groups lead: all that are grouped of a column, its first {mosts}, are sorted, so of each no more than
# must be.
GROUPED = _SHOWN.format(
    next_task=NEXT_TASK,
    which="""
    SELECT d.* FROM unnest({stages}::bigint[], {mosts}::bigint[]) AS stage(id, most) CROSS JOIN LATERAL (
        SELECT d.contact_id, d.id FROM (
            SELECT d.* FROM {source} AS d WHERE d.workspace_id = {workspace} AND d.stage_id = stage.id{conditions}
            ORDER BY {chosen}, d.id {chosen_way} LIMIT stage.most) AS d
        WHERE true{behind} ORDER BY {first}{column} {way}, d.id {way} LIMIT {limit}) AS chosen
    JOIN deals AS d ON d.contact_id = chosen.contact_id AND d.id = chosen.id""",
    order="{first}{column} {way}, d.id {way}",
)

# The same where cards are grouped by people: the first of each person by index, and only these are sorted.
WALKED = _SHOWN.format(
    next_task=NEXT_TASK,
    which="""
    SELECT card.* FROM unnest({stages}::bigint[]) AS stage(id) CROSS JOIN LATERAL (
        SELECT d.* FROM ({parts}) AS d ORDER BY {first}{column} {way}, d.id {way} LIMIT {limit}) AS card""",
    order="{first}{column} {way}, d.id {way}",
)
OF_PEOPLE = "(SELECT d.* FROM unnest({people}::bigint[]) AS person(id) CROSS JOIN LATERAL {part} AS d)"
PART = """(SELECT d.* FROM {source} AS d
    WHERE d.workspace_id = {workspace} AND d.stage_id = stage.id{conditions}{of}
    ORDER BY {column} {way}, d.id {way} LIMIT {limit})"""

# Some deals by (contact, id), those of them that are shown.
CARDS = _SHOWN.format(
    next_task=NEXT_TASK,
    which="""
    SELECT d.* FROM deals AS d WHERE d.workspace_id = {workspace}
        AND (d.contact_id, d.id) IN (SELECT * FROM unnest({contacts}::bigint[], {deals}::bigint[])){conditions}""",
    order="d.id",
)

# Narrowed columns counted up to a bound, summed by currency.
COUNTED = """
SELECT counted.stage_id, coalesce(counted.currency, '') AS currency, count(*) AS deals,
    coalesce(sum(counted.value), 0) AS value, coalesce(sum(counted.base_value), 0) AS base_value,
    count(*) FILTER (WHERE counted.value IS NOT NULL AND counted.base_value IS NULL) AS unconverted
FROM unnest({stages}::bigint[]) AS stage(id) CROSS JOIN LATERAL (
    SELECT d.stage_id, d.currency, d.value, d.base_value FROM {source} AS d
    WHERE d.workspace_id = {workspace} AND d.stage_id = stage.id{conditions} LIMIT {limit}) AS counted
GROUP BY 1, 2"""

# How many deals of each column stand in each of the groups from one on; columns of more than the bound are left out.
# The order is that of the index of stages: without one, all deals would be read for the few of a small column.
GROUPS = """
SELECT g.stage_id, g.key, g.deals FROM (
    SELECT one.stage_id, one.key, count(*) AS deals, sum(count(*)) OVER (PARTITION BY one.stage_id) AS whole,
        row_number() OVER (PARTITION BY one.stage_id ORDER BY one.key >= {from} DESC, one.key) AS place
    FROM unnest({stages}::bigint[]) AS stage(id) CROSS JOIN LATERAL (
        SELECT d.stage_id, {key} AS key FROM {source} AS d
        WHERE d.workspace_id = {workspace} AND d.stage_id = stage.id{conditions}
        ORDER BY d.ordered_at DESC, d.id DESC LIMIT {limit}) AS one
    GROUP BY 1, 2) AS g
WHERE g.whole < {limit} AND g.key >= {from} AND g.place <= {most}"""

# What a search narrows the board to is read by contact and once, whatever the planner thinks of the stages.
FOUND = """
WITH found AS MATERIALIZED (
    SELECT * FROM deals WHERE workspace_id = {} AND (contact_id, id) IN (
        SELECT * FROM unnest({}::bigint[], {}::bigint[]))
    UNION ALL SELECT * FROM deals
    WHERE workspace_id = {} AND contact_id = ANY({}::bigint[]) AND id <> ALL({}::bigint[]))"""

# Whatever was written since a moment, read by deals_by_update.
SINCE = """
SELECT id FROM deals WHERE workspace_id = $1 AND updated_at >= $2 ORDER BY updated_at, id LIMIT $3"""

# The name of a deal's company, as far as cards are grouped by it.
COMPANY = (
    "(SELECT left(co.name, 100) FROM companies AS co WHERE co.workspace_id = d.workspace_id AND co.id = d.company_id)"
)

# A name so that code points order it as people do: neither case nor accents count, and a number by what it is worth, up
# to ten digits. What is plain already is left alone, for that takes most of the time.
_FOLDED = r"""replace(replace(replace(replace(
    translate(regexp_replace(normalize(lower({name}), NFD), U&'[\0300-\036F]+', '', 'g'), 'øłđðı', 'olddi'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')"""
_TEN = "[0-9]" * 10
IN_ORDER = rf"""CASE WHEN {{name}} COLLATE "C" ~ '^[A-Za-z _-]*$' THEN lower({{name}})
    ELSE regexp_replace(regexp_replace({_FOLDED}, '([0-9]+)', '0000000000\1', 'g'), '[0-9]*({_TEN})', '\1', 'g')
    END"""

HOMES = "SELECT contact_id, deal_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = ANY($2::bigint[])"
