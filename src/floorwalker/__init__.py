"""Marketplace integrity."""
