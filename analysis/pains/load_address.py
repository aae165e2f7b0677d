"""Load the address under which the pain points of a workspace are found."""

from analysis.pains.exports.address import Address
from core.database import fetch


async def load_address(workspace: int, base_url: str) -> Address:
    """For a program or a command, which knows the number of its workspace and not the key."""
    rows = await fetch("SELECT key FROM workspace WHERE id = $1", workspace)
    return Address(base_url, rows[0]["key"])
