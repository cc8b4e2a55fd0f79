"""Phones and tablets on which a shop's app runs, and the keys by which they are sent messages."""

from dealt.devices.auditing import check_devices
from dealt.devices.keeping import forget_key
from dealt.devices.model import Device, Ping, Pinged
from dealt.devices.moving import DEVICES
from dealt.devices.pinging import ping
from dealt.devices.schemas import parse_fcm_key, parse_ping

__all__ = [
    "DEVICES",
    "Device",
    "Ping",
    "Pinged",
    "check_devices",
    "forget_key",
    "parse_fcm_key",
    "parse_ping",
    "ping",
]
