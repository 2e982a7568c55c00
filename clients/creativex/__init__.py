"""Reads CreativeX scorecards."""

from clients.creativex.extractor import Extraction, ScoreExtractor

__all__ = ["Extraction", "ScoreExtractor"]
