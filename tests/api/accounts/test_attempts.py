import pytest

from api.accounts.attempts import Attempts, network_of
from mappings.errors import TooManyRequests


def test_nobody_is_kept_out_by_attempts_from_elsewhere():
    attempts = Attempts(60)
    for number in range(1000):
        attempts.on("ada@example.com", f"192.0.2.{number % 100}")
    attempts.on("ada@example.com", "198.51.100.7")


def test_an_address_has_its_bound_and_each_email_there_a_sixth_of_it():
    attempts = Attempts(12)
    for email in ("ada@example.com", " ADA@Example.com"):
        attempts.on(email, "192.0.2.7")
    with pytest.raises(TooManyRequests) as caught:
        attempts.on("ada@EXAMPLE.com ", "192.0.2.7")
    assert 25 < (caught.value.retry_after or 0) <= 30
    attempts.on("bob@example.com", "192.0.2.7")
    for _ in range(12):
        attempts.by("192.0.2.7")
    with pytest.raises(TooManyRequests):
        attempts.by("192.0.2.7")
    attempts.by("192.0.2.8")


def test_no_bound():
    attempts = Attempts(0)
    for _ in range(1000):
        attempts.by("192.0.2.7")
        attempts.on("ada@example.com", "192.0.2.7")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("2001:db8:1:3::6", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("?", "?"),
        ("", ""),
    ],
)
def test_what_counts_as_one_client(address, network):
    assert network_of(address) == network
