"""Pure: state and causes to rows of (text, role), and the only way device text gets on a screen."""
