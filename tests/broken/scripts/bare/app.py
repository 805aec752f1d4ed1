def handler(event: dict, context: object) -> None:
    """Answer nothing."""
