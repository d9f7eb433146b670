"""What is read of a certificate, and that nothing a server presents can break the reading."""

from datetime import UTC, datetime

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from rensei_cli.api.certificate import read_certificate

AUTHORITY = trustme.CA(organization_name="Überwachung GmbH", organization_unit_name="x")
ENDS = datetime(2051, 3, 4, 5, 6, 7, tzinfo=UTC)  # written with four digits of a year


def der_of(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


LEAF = AUTHORITY.issue_cert("a.example", "*.b.example", "10.1.2.3", "fd00::1", not_after=ENDS)
DER = der_of(LEAF.cert_chain_pems[0].bytes())


def test_a_certificate_tells_whose_it_is_and_until_when():
    found = read_certificate(DER)

    assert found is not None
    assert found.names == ("a.example", "*.b.example", "10.1.2.3", "fd00::1")
    assert (found.issuer, found.ends, found.self_signed) == ("Überwachung GmbH", ENDS, False)
    assert found.begins < datetime.now(UTC)


def test_an_old_certificate_is_for_the_name_of_its_subject():
    named = trustme.CA().issue_cert(common_name="old.example")

    found = read_certificate(der_of(named.cert_chain_pems[0].bytes()))

    assert found is not None
    assert found.names == ("old.example",)


def test_an_authority_vouches_for_itself():
    found = read_certificate(der_of(AUTHORITY.cert_pem.bytes()))

    assert found is not None
    assert found.self_signed


@given(at=st.integers(0, len(DER) - 1), by=st.binary(max_size=4), cut=st.integers(0, len(DER)))
def test_a_damaged_certificate_is_read_or_is_none(at, by, cut):
    for damaged in (DER[:at] + by + DER[at + len(by) :], DER[:cut], by):
        found = read_certificate(damaged)
        assert found is None or found.issuer
