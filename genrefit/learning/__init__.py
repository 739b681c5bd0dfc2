"""Splits, pipelines, cross-validation, metrics, reports, and saved models."""
