"""Colours by arithmetic: contrast of text (WCAG 2.2, 1.4.3), and how far states lie apart, for eyes with all
three kinds of cones and for those that lack one (matrices of Machado, Oliveira and Fernandes 2009, severity
1).
"""

from __future__ import annotations

from itertools import combinations

import pytest

from bringup.tui.theme import CHOICES, ROLES, THEMES, theme_of

LEAST_CONTRAST = 4.5
LEAST_APART = 25.0
"""CIE 1976 colour difference; 2.3 is just noticeable side by side."""
STATES = ("good", "warn", "bad", "unknown", "waived", "running")
SIGHT = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
PC_TEXT = {
    "bright_cyan": "#55ffff",
    "bright_yellow": "#ffff55",
    "bright_red": "#ff5555",
    "bright_magenta": "#ff55ff",
    "cyan": "#00aaaa",
    "white": "#aaaaaa",
}
"""What a PC's text mode makes of the sixteen colours, on black."""
Linear = tuple[float, float, float]


def linear(color: str) -> Linear:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _unbent(red), _unbent(green), _unbent(blue)


def _unbent(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(linear(one)), _luminance(linear(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Linear) -> float:
    return 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]


def lab(color: str, sight: str) -> Linear:
    """CIE L*a*b* (D65) of what such eyes see."""
    own = linear(color)
    red, green, blue = (
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, own, strict=True))))
        for row in SIGHT[sight]
    )
    x = _bent((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    y = _bent(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
    z = _bent((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _bent(share: float) -> float:
    return float(share ** (1 / 3)) if share > (6 / 29) ** 3 else share / (3 * (6 / 29) ** 2) + 4 / 29


def apart(one: str, other: str, sight: str) -> float:
    pairs = zip(lab(one, sight), lab(other, sight), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_colour_of_a_theme_can_be_read_on_its_background(name: str) -> None:
    theme = THEMES[name]
    assert theme.background is not None
    assert theme.text is not None
    for color in (*theme.colors.values(), theme.text):
        assert contrast(color, theme.background) >= LEAST_CONTRAST, color


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", ["dark", "light"])
def test_states_lie_apart_for_eyes_that_lack_a_kind_of_cones(name: str, sight: str) -> None:
    colors = THEMES[name].colors
    for one, other in combinations(STATES, 2):
        assert apart(colors[one], colors[other], sight) >= LEAST_APART, (one, other)


def test_a_crash_carts_sixteen_colours_can_be_read_on_black() -> None:
    for color in THEMES["crashcart"].colors.values():
        assert contrast(PC_TEXT[color], "#000000") >= LEAST_CONTRAST, color


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert apart("#ff0000", "#a07000", "deutan") < apart("#ff0000", "#a07000", "normal")


def test_pass_and_fail_do_not_rest_on_red_against_green() -> None:
    for theme in THEMES.values():
        assert "green" not in str(theme.colors.get("good", ""))


def test_without_colour_bold_and_reverse_are_left() -> None:
    styles = THEMES["mono"].styles()
    assert all(style.color is None and style.bgcolor is None for style in styles.values())
    assert styles["bad"].bold
    assert styles["ask"].reverse
    assert styles["chosen"].reverse


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_changes_colours_and_nothing_else(name: str) -> None:
    for role in ROLES:
        own, terminal = THEMES[name].style(role), THEMES["terminal"].style(role)
        assert (own.bold, own.reverse) == (terminal.bold, terminal.reverse)


@pytest.mark.parametrize(
    ("wish", "environment", "name"),
    [
        ("auto", {}, "terminal"),
        ("auto", {"TERM": "linux"}, "crashcart"),
        ("auto", {"COLORFGBG": "0;15"}, "light"),
        ("auto", {"COLORFGBG": "15;0"}, "terminal"),
        ("auto", {"COLORFGBG": "nonsense"}, "terminal"),
        ("dark", {"TERM": "linux"}, "dark"),
        ("dark", {"NO_COLOR": "1"}, "mono"),
        ("dark", {"NO_COLOR": ""}, "dark"),
    ],
)
def test_the_theme_follows_wish_and_terminal(wish: str, environment: dict[str, str], name: str) -> None:
    assert theme_of(wish, environment).name == name


def test_every_choice_is_a_theme() -> None:
    assert set(CHOICES) - {"auto"} <= set(THEMES)
