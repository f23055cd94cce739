"""A simulated rack that speaks the real protocols and renders one physical world. Shares no code with the readers."""
