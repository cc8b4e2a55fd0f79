"""The rows of a large shop besides its deals: who and what there is, as SQL that makes it inside the database."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

ATTRIBUTES = (
    ("contact", "loyalty points", "float"),
    ("contact", "birthday", "date"),
    ("contact", "shoe", "string"),
    ("company", "branch", "string"),
    ("product", "brand", "string"),
    ("deal", "order_method", "string"),
)
"""Domain, name and type of the attributes that are set besides the standard fields."""


class Size(msgspec.Struct, frozen=True):
    """How many of each there are; ``skew`` gives the first contact about 20,000 deals, in a small shop about 2,000."""

    deals: int
    contacts: int
    products: int
    companies: int
    tasks: int
    events: int
    skew: float


_FIRST = (
    "Anna,Bruno,Celine,Dario,Eva,Filip,Greta,Henrik,Ida,Jakub,Karin,Lena,Marek,Nora,Oskar,Petra,Rosa,Stefan,Tea,Viktor"
)
_SYLLABLES = "ko,wal,ber,ger,ska,lin,mar,ton,vic,dal,ros,sen,mit,hol,gar,ney,pas,tor,ull,zen"


def _pick(words: str, number: str) -> str:
    """The SQL that takes one of the words by a number."""
    listed = ",".join(f"'{word}'" for word in words.split(","))
    return f"(ARRAY[{listed}])[1 + ({number}) % {len(words.split(','))}]"


_LAST = " || ".join(_pick(_SYLLABLES, number) for number in ("n / 20", "n / 400", "n * 7919 / 8000"))

_CONTACTS = f"""
INSERT INTO contacts (id, workspace_id, custom_id, email, first_name, last_name, phone_number, country, city, score,
    first_seen, last_seen, tag_ids, attributes, created_at, updated_at)
SELECT n, {{workspace}}, 'contact-' || n, 'contact-' || n || '@example.com', {_pick(_FIRST, "n")}, initcap({_LAST}),
    '+4860' || lpad(n::text, 7, '0'), {_pick("PL,DE,FR,ES,IT,SE,NL,CZ,AT,BE", "n")}, 'City ' || n % 50, n % 101,
    $1::timestamptz - make_interval(mins => (n * 7919 % 1051200)::int),
    $1::timestamptz - make_interval(mins => (n * 104729 % 129600)::int),
    CASE WHEN n % 10 = 0 THEN ARRAY[1 + n / 10 % 20]::bigint[] ELSE ARRAY[]::bigint[] END,
    jsonb_build_object('loyalty points', n % 1000, 'birthday', to_char(date '1950-01-01' + (n % 20000)::int,
        'YYYY-MM-DD'), 'shoe', 'size ' || n % 12),
    $1::timestamptz - make_interval(secs => (10000000 - n)::float8),
    $1::timestamptz - make_interval(secs => (n * 7919 % 10000000)::float8)
FROM generate_series(1, {{contacts}}::bigint) AS n"""

_PRODUCTS = f"""
INSERT INTO products (workspace_id, id, custom_id, name, category, price, currency, quantity, product_url, image_url,
    attributes, created_at, updated_at)
SELECT {{workspace}}, n, 'SKU-' || n, initcap({_pick(_SYLLABLES, "n")} || {_pick(_SYLLABLES, "n / 20")} || ' '
    || {_pick(_SYLLABLES, "n / 400")} || {_pick(_SYLLABLES, "n / 8000")}) || ' ' || n, 'Category ' || n % 60,
    (1 + n * 7919 % 30000)::numeric / 100, 'EUR', n * 31 % 200, 'https://shop.example/SKU-' || n,
    'https://shop.example/SKU-' || n || '.jpg', jsonb_build_object('brand', 'Brand ' || n % 300),
    $1::timestamptz - make_interval(secs => (10000000 - n)::float8),
    $1::timestamptz - make_interval(secs => (n * 7919 % 10000000)::float8)
FROM generate_series(1, {{products}}::bigint) AS n"""

_COMPANIES = f"""
INSERT INTO companies (workspace_id, id, custom_id, name, email, country, city, approx_employees, attributes,
    created_at, updated_at)
SELECT {{workspace}}, n, 'company-' || n, initcap({_pick(_SYLLABLES, "n")} || {_pick(_SYLLABLES, "n / 20")} || {
    _pick(_SYLLABLES, "n / 400")
}) || ' ' || n, 'company-' || n || '@example.com', {_pick("PL,DE,FR,ES", "n")},
    'City ' || n % 50, n % 500, jsonb_build_object('branch', 'branch ' || n % 40), $1, $1
FROM generate_series(1, {{companies}}::bigint) AS n"""

# The first company has the first 5,000 contacts, or a tenth of all; every other contact is in one of the others.
_MEMBERS = """
INSERT INTO company_members (contact_id, company_id, workspace_id, member_since)
SELECT n, CASE WHEN n <= least(5000, {contacts} / 10) THEN 1 ELSE 1 + n % {companies} END, {workspace}, $1
FROM generate_series(1, {contacts}::bigint) AS n WHERE n <= least(5000, {contacts} / 10) OR n % 2 = 0"""

_TASKS = [
    """INSERT INTO task_ids (workspace_id, task_id, contact_id)
    SELECT {workspace}, n, 1 + n * 7919 % {contacts} FROM generate_series(1, {tasks}::bigint) AS n""",
    """INSERT INTO tasks (contact_id, id, workspace_id, name, due_at, assigned_to, done, created_at, updated_at)
    SELECT 1 + n * 7919 % {contacts}, n, {workspace}, 'Call about ' || n,
        $1::timestamptz + make_interval(mins => (n % 100000 - 50000)::int), CASE WHEN n % 4 = 0 THEN 1 END, n % 3 = 0,
        $1, $1 FROM generate_series(1, {tasks}::bigint) AS n""",
]

# The first contact has 5,000 of each, or a tenth.
_WHO = "CASE WHEN n <= {events} / 200 THEN 1 ELSE 1 + n * 7919 % {contacts} END"
_WHEN = "$1::timestamptz - make_interval(secs => (n * 31 % 31000000)::float8)"
_EVENTS = [
    f"""INSERT INTO events (contact_id, happened_at, id, workspace_id, definition_id, data, received_at, actor)
    SELECT {_WHO}, {_WHEN}, n, {{workspace}}, 1 + n % 8, jsonb_build_object('page', n % 50, 'note', 'seen'),
        $1, 'token:1'
    FROM generate_series(1, {{events}}::bigint) AS n""",
    f"""INSERT INTO product_events
        (contact_id, happened_at, id, workspace_id, product_id, event_type, received_at, actor)
    SELECT {_WHO}, {_WHEN}, n, {{workspace}}, 1 + n * 31 % 2000, (ARRAY['view', 'add to cart', 'purchase'])[1 + n % 3],
        $1, 'token:1' FROM generate_series(1, {{events}}::bigint) AS n""",
    f"""INSERT INTO page_views (contact_id, happened_at, id, workspace_id, url, domain, path, title, received_at, actor)
    SELECT {_WHO}, {_WHEN}, n, {{workspace}}, 'https://shop.example/' || n % 500, 'shop.example', '/' || n % 500,
        'Page ' || n % 500, $1, 'token:1' FROM generate_series(1, {{events}}::bigint) AS n""",
]

_SMALL = [
    """INSERT INTO tags (workspace_id, id, name, created_at)
    SELECT {workspace}, n, 'tag ' || n, $1 FROM generate_series(1, 20) AS n""",
    """INSERT INTO lists (workspace_id, id, name, created_at)
    SELECT {workspace}, n, 'List ' || n, $1 FROM generate_series(1, 10) AS n""",
    """INSERT INTO event_definitions (workspace_id, id, name, first_at, created_at)
    SELECT {workspace}, n, 'event ' || n, $1, $1 FROM generate_series(1, 8) AS n""",
    """INSERT INTO counters (workspace_id, kind, last)
    SELECT {workspace}, kind, 100 FROM unnest(ARRAY['tag', 'list', 'event', 'webhook', 'import']) AS kind
    ON CONFLICT (workspace_id, kind) DO UPDATE SET last = 100""",
    """INSERT INTO list_members (contact_id, list_id, workspace_id, added_at)
    SELECT n, 1 + n % 10, {workspace}, $1 FROM generate_series(1, {contacts}::bigint) AS n""",
    """INSERT INTO webhooks (workspace_id, id, url, kinds, secret, enabled, created_by, created_at, updated_at)
    VALUES ({workspace}, 1, 'https://receiver.example/', '{{deal.*}}', '', false, 'token:1', $1, $1)""",
    """INSERT INTO webhook_deliveries
        (contact_id, workspace_id, webhook_id, object_type, object_id, sequence, kind, body, status, created_at,
        finished_at)
    SELECT 1 + n % {contacts}, {workspace}, 1, 'deal', n, n, 'deal.updated', '{{}}',
        (ARRAY['delivered', 'failed'])[1 + (n % 50 = 0)::int], $1, $1
    FROM generate_series(1, {tasks}::bigint) AS n""",
    """INSERT INTO imports (workspace_id, id, kind, file_name, state, done, total, actor, created_at, finished_at)
    SELECT {workspace}, n, 'contacts', 'people.csv', 'done', 1000, 1000, 'token:1', $1, $1
    FROM generate_series(1, 100) AS n""",
]

_DIRECTORIES = [
    """INSERT INTO contact_custom_ids (workspace_id, custom_id, contact_id)
    SELECT workspace_id, custom_id, id FROM contacts""",
    """INSERT INTO product_custom_ids (workspace_id, custom_id, product_id)
    SELECT workspace_id, custom_id, id FROM products""",
    """SELECT setval('contact_id_seq', {contacts}), setval('product_id_seq', {products}),
        setval('company_id_seq', {companies}), setval('task_id_seq', {tasks})""",
]

OWNED = """
UPDATE deals SET assigned_to = CASE WHEN id % 75 = 0 THEN 1 END, company_id = CASE WHEN contact_id <= 5000 AND
    id % 10 = 0 THEN 1 END
WHERE workspace_id = $1 AND (id % 75 = 0 OR contact_id <= 5000 AND id % 10 = 0)"""
"""Some deals are the first member's own, and some are the first company's. $1 workspace."""


def statements(size: Size, workspace_id: int) -> Iterator[str]:
    """What to execute, in order; $1 is the present moment, where there is one."""
    sizes = {name: getattr(size, name) for name in ("contacts", "products", "companies", "tasks", "events")}
    all_of = (*_SMALL, _CONTACTS, _PRODUCTS, _COMPANIES, _MEMBERS, *_TASKS, *_EVENTS, *_DIRECTORIES)
    for statement in all_of:
        yield statement.format(workspace=workspace_id, **sizes)
