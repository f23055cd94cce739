"""A simulated rack that speaks the real protocols and renders one physical world.

It shares no code with what reads it.
"""
