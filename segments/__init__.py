"""Turns scores into named segments, and publishes the files a campaign tool takes."""
