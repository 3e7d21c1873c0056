"""Writes: recording, capturing, naming questions, telling subscribers."""
