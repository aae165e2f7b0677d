import pytest

from analysis.text.themes import PACKS_FOLDER, find_themes, load_pack

PACK = load_pack(PACKS_FOLDER / "health_care.yaml")


@pytest.mark.parametrize(
    ("text", "expected", "unwanted"),
    [
        ("Six month wait for a specialist", {"no_appointment"}, {"seen_quickly"}),
        ("They gave my results to someone else", {"privacy"}, set()),
        ("He barely looked at me, typing the whole time", {"not_listened"}, {"good_care"}),
        ("Can't get an appointment before March", {"appointment", "no_appointment"}, {"seen_quickly"}),
        ("Next available slot is in six weeks", {"no_appointment"}, set()),
        ("They cancelled my surgery last minute", {"no_appointment"}, set()),
        ("Nobody answers the phone", {"reach_phone"}, set()),
        ("On hold for 40 minutes", {"reach_phone"}, set()),
        ("Waited two hours past my appointment", {"wait_there"}, {"seen_quickly"}),
        ("Seven hours in A&E on a trolley", {"wait_there"}, set()),
        ("Seen right on time, no wait", {"seen_quickly"}, {"wait_there"}),
        ("Got an appointment the same day", {"appointment", "seen_quickly"}, {"no_appointment"}),
        ("Dr Miller is wonderful, takes her time and listens", {"doctor", "good_care"}, {"not_listened"}),
        ("The doctor was rude and dismissive", {"doctor", "not_listened"}, {"good_care"}),
        ("He did not listen to me at all", {"not_listened"}, set()),
        ("In and out in three minutes, felt rushed", {"not_listened"}, set()),
        ("Explained everything clearly", {"explanation"}, {"not_explained"}),
        ("Nobody told us what was going on", {"not_explained"}, set()),
        ("Left with more questions than before", {"not_explained"}, set()),
        ("The treatment worked well", {"treatment"}, {"bad_result"}),
        ("Filling fell out after a week", {"treatment", "bad_result"}, set()),
        ("Misdiagnosed twice", {"bad_result"}, set()),
        ("The injection was so painful", {"pain_felt"}, {"painless"}),
        ("It didn't hurt at all", {"painless"}, {"pain_felt"}),
        ("Totally painless root canal", {"treatment", "painless"}, {"pain_felt"}),
        ("Nurses were angels", {"staff"}, set()),
        ("The ward is understaffed, buzzer ignored", {"understaffed"}, set()),
        ("Left my mother alone for hours", {"understaffed"}, set()),
        ("Receptionist was very unfriendly", {"reception"}, set()),
        ("Toilets were filthy", {"hygiene"}, set()),
        ("Very clean rooms", {"hygiene"}, set()),
        ("Surprise bill of 900 dollars", {"costs", "billing_trouble"}, set()),
        ("They charged me twice", {"costs", "billing_trouble"}, set()),
        ("They lost my file again", {"paperwork"}, set()),
        ("Too many forms to fill in", {"paperwork"}, set()),
        ("Still waiting for my test results", {"test_results", "results_late"}, set()),
        ("Blood test results came back the next day", {"test_results"}, set()),
        ("Prescription never sent to the pharmacy", {"prescriptions", "prescription_trouble"}, set()),
        ("My tablets are out of stock", {"prescription_trouble"}, set()),
        ("No parking anywhere near", {"access"}, set()),
        ("Everyone in the waiting room could hear my diagnosis", {"privacy"}, set()),
        ("I went there on Tuesday with my son", set(), {"doctor", "costs", "access", "privacy"}),
        ("We had pizza by the lake", set(), {"treatment", "hygiene", "staff"}),
        ("My neighbour lives next to the hospital", set(), {"treatment", "hygiene", "staff", "access"}),
        ("The film was great fun", set(), {"good_care", "treatment"}),
    ],
)
def test_themes_a_reader_would_name(text: str, expected: set[str], unwanted: set[str]) -> None:
    found = {hit.theme.removeprefix("health_care.") for hit in find_themes(text, [PACK])}

    assert expected <= found
    assert not unwanted & found
