"""How a workspace looks."""


async def theme_of(workspace: int) -> None:
    return None
