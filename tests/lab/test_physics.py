"""The lab's formulas against the tables of the reference (computed there from textbook formulas)."""

import pytest

from bringup.lab import physics

PAM4 = (
    (2.4e-4, 17.66),
    (1e-4, 18.23),
    (1e-5, 19.46),
    (1e-6, 20.42),
    (1e-7, 21.22),
    (1e-8, 21.89),
    (1e-12, 23.88),
)
NRZ = ((2.4e-4, 10.86), (1e-4, 11.41), (1e-5, 12.60), (1e-8, 14.98), (1e-12, 16.94))
UNCORRECTABLE = (
    (5e-4, 2.8e-8),
    (2.4e-4, 8.2e-13),
    (1e-4, 1.4e-18),
    (5e-5, 2.7e-23),
    (1e-5, 2e-34),
    (1e-6, 2e-50),
)


@pytest.mark.parametrize(("ber", "snr_db"), PAM4)
def test_pam4_has_the_bit_error_ratio_of_the_table(ber: float, snr_db: float) -> None:
    assert physics.pam4_ber(snr_db) == pytest.approx(ber, rel=0.05)


@pytest.mark.parametrize(("ber", "snr_db"), NRZ)
def test_nrz_has_the_bit_error_ratio_of_the_table(ber: float, snr_db: float) -> None:
    assert physics.nrz_ber(snr_db) == pytest.approx(ber, rel=0.05)


@pytest.mark.parametrize(("ber", "probability"), UNCORRECTABLE)
def test_codewords_fail_as_often_as_the_table_says(ber: float, probability: float) -> None:
    assert physics.uncorrectable_probability(ber) == pytest.approx(probability, rel=0.15)


def test_a_perfect_line_loses_no_codeword() -> None:
    assert physics.uncorrectable_probability(0.0) == 0.0
    assert physics.touched_probability(0.0) == 0.0


def test_a_hopeless_line_loses_every_codeword() -> None:
    assert physics.uncorrectable_probability(0.5) == pytest.approx(1.0)


def test_800g_passes_as_many_codewords_as_the_table_says() -> None:
    assert physics.codewords_per_s(800.0) == pytest.approx(1.5625e8)


def test_a_decibel_of_light_is_two_of_snr_where_thermal_noise_rules() -> None:
    less, more = physics.snr_db(-9.0, ceiling_db=99.0), physics.snr_db(-8.0, ceiling_db=99.0)
    assert more - less == pytest.approx(2.0)


def test_a_decibel_of_dirt_turns_1e_8_into_some_1e_6() -> None:
    snr_at_1e_8 = 21.89
    assert physics.pam4_ber(snr_at_1e_8 - 2.0) == pytest.approx(4e-6, rel=0.2)
    assert physics.pam4_ber(snr_at_1e_8 - 4.0) == pytest.approx(1.7e-4, rel=0.2)


def test_more_light_never_makes_more_errors() -> None:
    ratios = [physics.pam4_ber(physics.snr_db(power / 10)) for power in range(-120, 40)]
    assert ratios == sorted(ratios, reverse=True)


def test_a_warm_module_takes_minutes() -> None:
    assert physics.warmed(25.0, 20.0, 0.0) == 25.0
    assert physics.warmed(25.0, 20.0, 90.0) == pytest.approx(25.0 + 20.0 * 0.632, abs=0.05)
    assert physics.warmed(25.0, 20.0, 3600.0) == pytest.approx(45.0)
