from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.clock import (
    FixedClock,
    SystemClock,
    is_iso_date,
    is_iso_datetime,
    iso,
    parse_date,
    parse_datetime,
)

WARSAW = ZoneInfo("Europe/Warsaw")
BEIRUT = ZoneInfo("Asia/Beirut")
ZONES = [WARSAW, BEIRUT, ZoneInfo("UTC"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Auckland")]

zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59, 999_999), timezones=st.just(UTC))
nearly_dates = st.from_regex(
    r"[ ]?[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,10})?)?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{0,2})?[ ]?",
    fullmatch=True,
)
json_values = st.one_of(
    nearly_dates, st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text(), max_size=1)
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_the_system_clock_gives_an_aware_moment_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(utc(2025, 6, 24, 12))
    assert clock.now() == clock.now() == utc(2025, 6, 24, 12)
    clock.advance(90)
    assert clock.now() == utc(2025, 6, 24, 12, 1, 30)
    clock.advance(-0.5)
    assert clock.now() == utc(2025, 6, 24, 12, 1, 29, 500_000)
    clock.set(datetime(2020, 1, 1, tzinfo=WARSAW))
    assert clock.now() == utc(2019, 12, 31, 23)
    assert clock.now().tzinfo is UTC


def test_a_fixed_clock_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        FixedClock(datetime(2025, 1, 1))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (utc(2018, 10, 29, 20, 0, 32, 471_199), "2018-10-29T20:00:32.471199Z"),
        (utc(2018, 10, 29, 20, 0, 32), "2018-10-29T20:00:32Z"),
        (utc(2018, 10, 29), "2018-10-29T00:00:00Z"),
        (datetime(2018, 10, 29, 22, 0, tzinfo=timezone(timedelta(hours=2))), "2018-10-29T20:00:00Z"),
        (datetime(2018, 7, 1, tzinfo=WARSAW), "2018-06-30T22:00:00Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_a_z(at: datetime, text: str) -> None:
    assert iso(at) == text


def test_a_moment_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        iso(datetime(2025, 1, 1))


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2025-06-24T12:00:00Z", utc(2025, 6, 24, 12)),
        ("2025-06-24 12:00:00Z", utc(2025, 6, 24, 12)),
        ("2018-10-29T20:00:32.471199Z", utc(2018, 10, 29, 20, 0, 32, 471_199)),
        ("2018-10-29T20:00:32.5Z", utc(2018, 10, 29, 20, 0, 32, 500_000)),
        ("2018-10-29T20:00:32.471199999Z", utc(2018, 10, 29, 20, 0, 32, 471_199)),
        ("2016-08-03 12:00:00+00:00", utc(2016, 8, 3, 12)),
        ("2016-08-03T12:00:00+02:00", utc(2016, 8, 3, 10)),
        ("2016-08-03T12:00:00-0230", utc(2016, 8, 3, 14, 30)),
        ("2016-08-03 12:00:00+02", utc(2016, 8, 3, 10)),
        ("2025-06-24T12:00", utc(2025, 6, 24, 10)),
        ("2025-01-24T12:00:00", utc(2025, 1, 24, 11)),
        ("  2025-06-24T12:00:00Z \n", utc(2025, 6, 24, 12)),
        ("2025-06-24", utc(2025, 6, 23, 22)),
        ("2024-02-29", utc(2024, 2, 28, 23)),
        (1_426_967_129, utc(2015, 3, 21, 19, 45, 29)),
        (1_426_967_129.25, utc(2015, 3, 21, 19, 45, 29, 250_000)),
        (0, utc(1970, 1, 1)),
        (-1, utc(1969, 12, 31, 23, 59, 59)),
    ],
)
def test_a_moment_is_read_from_text_or_unix_seconds(value: object, at: datetime) -> None:
    moment = parse_datetime(value, WARSAW)
    assert moment == at
    assert moment.tzinfo is UTC


def test_an_hour_that_the_clocks_skip_is_read_as_if_they_had_not_moved() -> None:
    assert parse_datetime("2025-03-30T02:30:00", WARSAW) == utc(2025, 3, 30, 1, 30)


def test_an_hour_that_the_clocks_repeat_is_its_first_pass() -> None:
    assert parse_datetime("2025-10-26T02:30:00", WARSAW) == utc(2025, 10, 26, 0, 30)


def test_a_day_that_has_no_midnight_begins_when_the_clocks_move() -> None:
    begin = parse_datetime("2024-03-31", BEIRUT)
    assert begin == utc(2024, 3, 30, 22)
    assert begin.astimezone(BEIRUT).hour == 1


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, [], {}, "", " ", "today", "1426967129", float("nan")),
        *("2025-W01", "2025-W01-1", "2025-001", "20250101", "2025-01", "25-01-01", "2025-1-1", "01-02-2025"),
        *("2025/01/01", "2025-01-01T", "2025-01-01T12", "2025-01-01t12:00:00z", "2025-01-01_12:00:00"),
        *("2025-01-01  12:00:00", "2025-01-01T12:00:00 Z", "2025-01-01T12:00:00+24:00", "2025-01-01T12:00:00+"),
        *("2025-01-01T24:00:00", "2016-12-31T23:59:60Z", "2025-01-01T12:60", "2025-01-01T12:00:00,5"),
        *("2025-01-01T12:00:00.", "2025-01-01T12:00:00.1234567890", "２０２５-01-01", "2025-01-01T12:00:00Z\x00"),
    ],
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not an ISO 8601 date-time such as 2018-10-29T20:00:32Z\."):
        parse_datetime(value, WARSAW)


@pytest.mark.parametrize("text", ["2025-02-29", "2025-13-01T00:00:00Z", "2025-00-10", "2025-04-31 10:00"])
def test_a_day_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day of the calendar"):
        parse_datetime(text, WARSAW)


@pytest.mark.parametrize(
    "value",
    [
        *("1899-12-31", "2200-01-01T00:00:00Z", "0000-01-01", "9999-12-31T23:59:59-12:00"),
        *(-2_208_988_801, 7_258_118_400, 1_426_967_129_000, 10**400, -(10**400), float("inf"), float("-inf")),
    ],
)
def test_years_outside_1900_to_2199_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is outside 1900 to 2199"):
        parse_datetime(value, WARSAW)


@pytest.mark.parametrize("value", ["1900-01-01", "2199-12-31T23:59:59", -2_208_988_800, 7_258_118_399])
def test_the_first_and_the_last_moment_are_taken_in_every_zone(value: object) -> None:
    for zone in ZONES:
        read = parse_datetime(value, zone)
        if isinstance(value, str):
            assert read.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(value)
        else:
            assert read.timestamp() == value


def test_a_date_is_read_with_blanks_around_it() -> None:
    assert parse_date("2018-10-29") == parse_date(" 2018-10-29\n") == date(2018, 10, 29)


@pytest.mark.parametrize("value", ["2018-10-29T00:00:00Z", "29.10.2018", "2018-W44-1", "", None, 20181029, True, []])
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not an ISO 8601 date such as 2018-10-29\."):
        parse_date(value)


@pytest.mark.parametrize("value", ["1899-12-31", "2200-01-01"])
def test_dates_outside_1900_to_2199_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is outside 1900 to 2199"):
        parse_date(value)


@pytest.mark.parametrize("text", ["2025-06-24", "1900-01-01", "2199-12-31", "2024-02-29"])
def test_a_strict_date_is_told_from_other_text(text: str) -> None:
    assert is_iso_date(text)
    assert not is_iso_datetime(text)


@pytest.mark.parametrize("text", ["2025-06-24T12:00:00Z", "2016-08-03 12:00:00+00:00", "2025-06-24T12:00"])
def test_a_strict_date_time_is_told_from_other_text(text: str) -> None:
    assert is_iso_datetime(text)
    assert not is_iso_date(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Red", "Online", "2025", "1250.00", "SKU-001", "2025-W01-1", "2025-02-30", "1899-12-31", " 2025-06-24"),
        *("2025-06-24 ", "2025-06-24\n", "2025-06-24T12:00:00Z ", "2025-06-31T12:00:00Z", "2200-06-01T12:00:00Z"),
        "2025-06-24 is when it came",
    ],
)
def test_ordinary_text_is_neither_date_nor_date_time(text: str) -> None:
    assert not is_iso_date(text)
    assert not is_iso_datetime(text)


@given(moments, zones)
def test_a_written_moment_is_read_as_itself_in_every_zone(at: datetime, zone: ZoneInfo) -> None:
    assert parse_datetime(iso(at), zone) == at
    assert is_iso_datetime(iso(at))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), zones)
def test_a_date_is_read_as_itself_and_begins_in_its_zone(day: date, zone: ZoneInfo) -> None:
    assert is_iso_date(day.isoformat())
    assert parse_date(day.isoformat()) == day
    assert parse_datetime(day.isoformat(), zone).astimezone(zone).date() == day


@given(json_values, zones)
def test_anything_becomes_a_moment_in_utc_or_a_sentence(value: object, zone: ZoneInfo) -> None:
    try:
        assert parse_datetime(value, zone).tzinfo is UTC
    except ValueError as error:
        assert str(error).endswith(".")
        assert not (isinstance(value, str) and (is_iso_date(value) or is_iso_datetime(value)))
