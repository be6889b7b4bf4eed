"""The names of the knowledge files."""

FAQ = "faq.yaml"
LAW = "law_articles.yaml"
SOURCES = "sources.yaml"
SYNONYMS = "synonyms.yaml"
ELSEWHERE = "elsewhere.yaml"
FILES = (FAQ, LAW, SOURCES, SYNONYMS, ELSEWHERE)
"""All knowledge files; the last may be missing."""
