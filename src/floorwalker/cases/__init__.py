"""Findings -> cases: combine, list at the promised level, group, words, exposure."""
