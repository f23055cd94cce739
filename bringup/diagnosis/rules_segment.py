"""What tests that take a link apart say (network reference, section 7): loopbacks, test patterns, tones."""

from __future__ import annotations

from types import MappingProxyType

from bringup.diagnosis.words import Single

LANES_OF_LIGHT = Single(
    "{subject} does not carry a test pattern as it should: {value}",
    (
        "a dirty or scratched end face on that lane's fibre",
        "a transmitter or a receiver of one of the two modules",
    ),
    "inspect both ends of that lane's fibre; then a known-good jumper, then a known-good module",
    "clean-both-ends",
    "subject",
)
SEGMENT_SINGLES = MappingProxyType(
    {
        "bad_segment": Single(
            "the link of {subject} is bad at: {value}",
            ("the segment behind the last loopback that was good",),
            "at a module: try it in a port that is out of service; at the fibre: inspect both ends;"
            " at the lanes of a host: other signal settings, then another port",
            "check-signal-quality",
            "subject",
        ),
        "prbs_locked": LANES_OF_LIGHT,
        "prbs_far_locked": LANES_OF_LIGHT,
        "prbs_ber_upper": LANES_OF_LIGHT,
        "prbs_far_ber_upper": LANES_OF_LIGHT,
        "tone_as_planned": Single(
            "whoever follows the light of {subject} is not, or not alone, the far end of the cable list",
            (
                "the cable leads elsewhere than the plan says",
                "the cable list has it wrong",
                "light of another lane or link changed by chance at the same moments",
            ),
            "read who followed (tone_heard_at); run the test again",
            "trace-cable",
            "subject",
        ),
        "tone_lanes_straight": Single(
            "fibres of {subject} do not arrive at the lanes of the same number",
            ("the polarity of a trunk or of a jumper is another one", "fibres are crossed in a cassette"),
            "read which lane follows which (tone_lane), and compare with the polarity of the trunk",
            "check-plug-and-polarity",
            "subject",
        ),
    }
)
