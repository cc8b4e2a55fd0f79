"""Money: exact decimals that fit numeric(20,6), and the currencies of ISO 4217."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from dealt.kernel.shown import shown

_BY_MINOR_DIGITS = {
    0: """BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF""",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
          CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
          GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
          MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
          PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
          TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG""",
    3: """BHD IQD JOD KWD LYD OMR TND""",
    4: """CLF UYW""",
}
# Withdrawn, but orders of their time carry them and must still be imported.
_WITHDRAWN = {
    0: """BYR ESP ITL LUF BEF PTE""",
    2: """ANG ATS BGN CUC CYP DEM EEK FIM FRF GRD HRK IEP LTL LVL MRO MTL NLG ROL SIT SKK SLL STD TRL VEF
          ZMK ZWL""",
}

CURRENCIES: dict[str, int] = {
    code: digits
    for table in (_BY_MINOR_DIGITS, _WITHDRAWN)
    for digits, codes in table.items()
    for code in codes.split()
}
"""ISO 4217 code -> decimals of its minor unit. Metals and test codes have none and are left out."""

_INTEGER_DIGITS = 14
AMOUNT_LIMIT = 10**_INTEGER_DIGITS
"""Every amount is smaller than this, either side of zero: numeric(20,6) has 14 digits before the point."""

_MICRO = Decimal("0.000001")
_FINEST = Decimal("0.0000000001")
_ZERO = Decimal("0.000000")
_LONGEST_TEXT = 64


def parse_currency(value: object) -> str:
    """The ISO 4217 code in capitals, from text in any case with blanks around it.

    Raises ValueError, a sentence, for anything that is not a code of ``CURRENCIES``.
    """
    if isinstance(value, str):
        if value in CURRENCIES:
            return value
        code = value.strip().upper()
        if code in CURRENCIES:
            return code
    raise ValueError(f"{shown(value)} is not an ISO 4217 currency code such as EUR.")


def parse_amount(value: object) -> Decimal:
    """The exact decimal of a JSON number, a numeric text such as "249.99" or a Decimal.

    The result has six decimals, as the column has; never NaN, infinite or minus zero. A float is read as it
    prints, so 99.99 stays 99.99, and what binary arithmetic adds (0.30000000000000004) is rounded away.
    A text or Decimal is rounded half-even too, but refused with more than 10 decimals: that was no amount.

    Raises ValueError, a sentence, for anything else and for amounts of ``AMOUNT_LIMIT`` and more.
    """
    if type(value) is int:
        if -AMOUNT_LIMIT < value < AMOUNT_LIMIT:
            return Decimal(value).quantize(_MICRO)
        raise _too_large(value)
    if type(value) is float:
        return _rounded(value, Decimal(repr(value)))
    if isinstance(value, str):
        return _with_sane_decimals(value, _decimal_of_text(value))
    if isinstance(value, Decimal):
        return _with_sane_decimals(value, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # Enumerations and numpy numbers, which print as something else.
        return parse_amount(int(value) if isinstance(value, int) else float(value))
    raise _not_an_amount(value)


def format_amount(amount: Decimal) -> str:
    """The amount in plain digits with 2 to 6 decimals: "1250.00", "0.125"."""
    exact = amount.quantize(_MICRO, ROUND_HALF_EVEN)
    if not exact:
        return "0.00"
    text = str(exact)
    return text[:-4] if text.endswith("0000") else text.rstrip("0")


def _decimal_of_text(text: str) -> Decimal:
    # Decimal itself would take 1_000 and the digits of every script.
    if len(text) <= _LONGEST_TEXT and text.isascii() and "_" not in text:
        try:
            return Decimal(text)
        except InvalidOperation:
            pass
    raise _not_an_amount(text)


def _with_sane_decimals(value: object, exact: Decimal) -> Decimal:
    amount = _rounded(value, exact)
    if amount != exact and exact.quantize(_FINEST) != exact:
        raise ValueError(f"{shown(value)} has more than 10 decimals.")
    return amount


def _rounded(value: object, exact: Decimal) -> Decimal:
    if not exact.is_finite():
        raise _not_an_amount(value)
    if exact.adjusted() >= _INTEGER_DIGITS and exact:
        raise _too_large(value)
    amount = exact.quantize(_MICRO, ROUND_HALF_EVEN)
    if amount.adjusted() >= _INTEGER_DIGITS:
        raise _too_large(value)
    return amount or _ZERO


def _not_an_amount(value: object) -> ValueError:
    return ValueError(f"{shown(value)} is not an amount such as 249.99.")


def _too_large(value: object) -> ValueError:
    return ValueError(f"{shown(value)} has more than {_INTEGER_DIGITS} digits before the point.")
