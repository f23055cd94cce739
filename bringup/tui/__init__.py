"""The console: reads RunState through the journal, writes commands to the desk; holds no truth of its own."""
