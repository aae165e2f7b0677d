import pytest

from analysis.text.themes import PACKS_FOLDER, find_themes, load_pack

PACK = load_pack(PACKS_FOLDER / "home_services.yaml")


@pytest.mark.parametrize(
    ("text", "expected", "unwanted"),
    [
        ("quoted 200, ended up paying 450", {"quote_exceeded"}, set()),
        ("The toilet was blocked again two days later", {"poor_work"}, {"late_arrival"}),
        ("They dropped our piano down the stairs", {"damage"}, set()),
        ("Arrived exactly on time", {"punctuality"}, {"late_arrival", "no_show"}),
        ("He came two hours late", {"late_arrival"}, {"no_show"}),
        ("Took a day off work for nothing", {"late_arrival"}, set()),
        ("Plumber never showed up", {"no_show"}, set()),
        ("Nobody came and no phone call either", {"no_show"}, set()),
        ("They cancelled on the morning of the move", {"no_show"}, set()),
        ("Great job on the tiles", {"work_quality"}, {"poor_work"}),
        ("The painting looks amazing", {"work_quality"}, set()),
        ("Still leaking after the repair", {"poor_work"}, set()),
        ("Sloppy work, crooked tiles", {"poor_work"}, set()),
        ("Cleaner missed the whole bathroom", {"poor_work"}, set()),
        ("Dust everywhere and rubbish left in the garden", {"mess"}, {"clean_tidy"}),
        ("Left the kitchen spotless", {"clean_tidy"}, {"mess"}),
        ("Cleaned up after themselves", {"clean_tidy"}, {"mess"}),
        ("Fair price", {"price"}, {"quote_exceeded"}),
        ("The bill was double the quote", {"price", "quote_exceeded"}, set()),
        ("Hidden charges for parking", {"quote_exceeded"}, set()),
        ("Ripped off by these cowboys", {"quote_exceeded"}, set()),
        ("Charged a callout fee nobody mentioned", {"quote_exceeded"}, set()),
        ("The movers were so friendly", {"manners"}, {"rude"}),
        ("The electrician was polite and hard working", {"manners"}, {"rude"}),
        ("He swore at my wife", {"rude"}, set()),
        ("Spent the day on his phone", {"rude"}, set()),
        ("Explained what was wrong with the boiler", {"explanation"}, {"no_communication"}),
        ("Nobody returned my calls", {"no_communication"}, set()),
        ("Never explained what they did", {"no_communication"}, set()),
        ("Easy to book online", {"scheduling"}, set()),
        ("Took three weeks to get someone out", {"delays"}, set()),
        ("The job dragged on for months", {"delays"}, set()),
        ("They scratched my table and broke a lamp", {"damage"}, set()),
        ("Hole in the wall", {"damage"}, set()),
        ("Came back the next day to fix it for free", {"follow_up"}, {"no_follow_up"}),
        ("Refuse to come back and fix it", {"no_follow_up"}, set()),
        ("Had to call them back three times", {"no_follow_up"}, set()),
        ("Came out at midnight for a burst pipe", {"emergency"}, set()),
        ("No hot water since Friday", {"emergency"}, set()),
        ("Highly recommend", {"references"}, set()),
        ("Avoid this company", {"references"}, set()),
        ("My brother is an electrician", set(), {"manners", "price", "work_quality", "no_show"}),
        ("The match was on television", set(), {"damage", "price", "manners", "delays"}),
        ("We live in a small house near the sea", set(), {"work_quality", "mess", "emergency"}),
        ("My plumber has two children", set(), {"manners", "price", "work_quality"}),
    ],
)
def test_themes_a_reader_would_name(text: str, expected: set[str], unwanted: set[str]) -> None:
    found = {hit.theme.removeprefix("home_services.") for hit in find_themes(text, [PACK])}

    assert expected <= found
    assert not unwanted & found
