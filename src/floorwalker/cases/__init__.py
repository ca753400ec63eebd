"""Findings -> cases: combine, list at the promised level, learn from past decisions, group, words, exposure."""
