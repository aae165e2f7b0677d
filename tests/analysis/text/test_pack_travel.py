"""The travel pack: what travellers write, mostly in a hurry, and the themes a person would give it. All invented."""

import pytest

from analysis.text.themes import PACKS_FOLDER, Tone, find_themes, load_pack

PACK = load_pack(PACKS_FOLDER / "travel.yaml")

BROAD = [
    "seats",
    "crew",
    "customer_service",
    "luggage",
    "booking",
    "comfort_on_board",
    "entertainment_wifi",
    "food_on_board",
    "check_in",
    "boarding",
    "loyalty",
    "refunds",
    "price",
]
# The text, the themes that must be found, and those that must not.
Case = tuple[str, set[str], set[str]]

LOOKED_AT: list[Case] = [
    (
        "@FlyNorth 3 hr delay in Denver and not one word why. Come on",
        {"late_flight"},
        {"cancelled_flight", "lost_luggage"},
    ),
    ("our flight was supposed to leave at 6:10, it's 9 now and we are still at the gate", {"late_flight"}, {"crew"}),
    ("sitting on the runway for 2 hours now, no gate available #fail", {"late_flight", "stuck_on_board"}, set()),
    ("landed 50 minutes late so I missed my connection to Lisbon", {"late_flight", "missed_connection"}, set()),
    ("waiting on a crew again?? how do you not have pilots @bluewing", {"late_flight"}, {"crew", "rude_crew"}),
    ("mechanical issue, then de-icing, then paperwork. Flt 482 was due out at noon", {"late_flight"}, set()),
    ("Why is 1187 delayed?", {"late_flight"}, {"cancelled_flight"}),
    ("never had so many delays with one airline", {"late_flight"}, set()),
    ("pushed back again, now leaving at 11pm instead of 7. Thanks for nothing", {"late_flight"}, set()),
    ("The train was 40 minutes late and no one on the platform knew anything", {"late_flight"}, set()),
    ("bus never showed up on time once this month", {"late_flight"}, set()),
    ("No delays, we took off early and landed early. Thank you!", set(), {"late_flight"}),
    ("you cancelled our flight two hours before departure and offer me Thursday?!", {"cancelled_flight"}, set()),
    ("Cancelled again. Third time this winter @SkyHop", {"cancelled_flight"}, {"late_flight"}),
    (
        "my flight tomorrow got canceled and I can't get through on the phone, hold is 3 hours",
        {"cancelled_flight", "customer_service", "on_hold"},
        set(),
    ),
    ("flight cancled due to weather that does not exist", {"cancelled_flight"}, set()),
    ("so you just cancel my flight and dont even tell me??", {"cancelled_flight"}, set()),
    ("our train has been cancelled and there is no replacement bus", {"cancelled_flight"}, set()),
    ("cancelled our flight to Boston and now stranded overnight with two kids", {"cancelled_flight"}, set()),
    ("the cancellation policy on the site is quite clear", set(), {"cancelled_flight"}),
    ("day 4 and still no bag. Where is my luggage @airtwo", {"lost_luggage", "luggage"}, {"damaged_luggage"}),
    ("you lost my suitcase with all my wedding clothes", {"lost_luggage", "luggage"}, set()),
    ("we've been standing at carousel 4 for an hour waiting for bags", {"lost_luggage", "luggage"}, {"late_flight"}),
    ("My luggauge went to Chicago, I went to Miami", {"lost_luggage", "luggage"}, set()),
    ("I left my ipad on flight 220 and nobody in lost and found picks up", {"lost_luggage"}, set()),
    ("baggage claim says no record of my bag, the tracker says it never left Rome", {"lost_luggage", "luggage"}, set()),
    ("Can someone please deliver my bags?! It's been 48 hours", {"lost_luggage", "luggage"}, set()),
    ("the wheel of my brand new suitcase was ripped off", {"damaged_luggage", "luggage"}, {"lost_luggage"}),
    ("you guys broke my bag and said it's normal wear and tear", {"damaged_luggage", "luggage"}, set()),
    ("my stroller came out cracked and soaking wet", {"damaged_luggage"}, {"lost_luggage"}),
    ("someone opened my luggage and my headphones are gone", {"damaged_luggage", "luggage"}, set()),
    ("No leg room at all and the seat in front was in my lap for 7 hours", {"seats"}, {"late_flight"}),
    ("paid extra for an aisle seat and you moved me to a middle seat in the last row", {"seat_taken", "seats"}, set()),
    ("family of four split up all over the plane, my 3 year old sits alone", {"seat_taken"}, set()),
    ("they oversold the flight and bumped me, even though I checked in yesterday", {"overbooked"}, set()),
    ("it is freezing in the cabin and you charge for blankets", {"comfort_on_board"}, set()),
    ("worst flight ever, old plane, hot as an oven", {"bad_flight", "comfort_on_board"}, set()),
    ("tray table sticky, crumbs everywhere, and the lavatory had no soap", {"dirty_cabin"}, set()),
    ("5 hr flight, no wifi, no movies, no power. What year is it", {"entertainment_wifi"}, set()),
    ("my tv screen didn't work the entire way to Tokyo", {"entertainment_wifi"}, set()),
    ("The vegetarian meal I ordered was not on board so I got a bag of pretzels", {"food_on_board"}, set()),
    ("ran out of food before row 20, not even a drink", {"food_on_board"}, set()),
    ("flight attendant on 1204 was so rude to an old lady, disgusting", {"crew", "rude_crew"}, {"rude_agent"}),
    ("Your FA rolled her eyes at me when I asked for water", {"crew", "rude_crew"}, set()),
    ("huge shout out to the cabin crew on our way to Oslo, wonderful people", {"crew"}, {"late_flight", "rude_crew"}),
    ("The stewardess helped my mom with her bag, lovely", {"crew"}, {"rude_crew"}),
    ("cabin crew ignored the call button and chatted in the back the whole way", {"crew", "rude_crew"}, set()),
    ("your website keeps throwing an error when I try to pay", {"booking", "booking_problem"}, set()),
    ("app crashes every time i open my reservation", {"booking", "booking_problem"}, set()),
    (
        "I can't book my flight online, it says my card is declined but it is fine",
        {"booking", "booking_problem"},
        set(),
    ),
    ("site is down?? trying to book tickets for easter", {"booking", "booking_problem"}, set()),
    ("charged me twice for one ticket and no confirmation email", {"booking_problem"}, set()),
    ("your system lost our reservation, it does not show up in the app", {"booking", "booking_problem"}, set()),
    ("trying to check in online and it won't let me, keeps saying try again", {"booking_problem", "check_in"}, set()),
    ("need to change my flight because of a funeral and you want 300 dollars", {"rebooking"}, set()),
    ("they rebooked us on a flight two days later without asking", {"rebooking"}, set()),
    ("line at check-in is out the door, two agents for 300 people", {"long_lines"}, {"on_hold"}),
    ("over an hour queuing at bag drop, one desk open", {"long_lines"}, set()),
    ("the queue for security and passport control was insane", {"long_lines"}, set()),
    ("been on hold for 1 hr 45 min, the music is driving me mad", {"customer_service", "on_hold"}, set()),
    ("is there a number where a human being picks up?", {"on_hold"}, set()),
    ("I've sent 4 emails and a DM and nobody replies", {"customer_service", "no_answer"}, set()),
    ("Hung up on me twice after waiting for an hour. Classy", {"customer_service", "no_answer"}, set()),
    (
        "the woman at the gate desk was nasty and wouldn't even look at us",
        {"customer_service", "rude_agent"},
        {"crew", "rude_crew"},
    ),
    (
        "worst customer service I've ever had, nobody can help, everybody passes you on",
        {"customer_service", "unhelpful_service"},
        set(),
    ),
    (
        "the rep on the phone was super helpful, sorted in five minutes",
        {"customer_service"},
        {"no_answer", "unhelpful_service"},
    ),
    ("where's my refund? 6 weeks and counting", {"refunds"}, set()),
    ("a 25 dollar voucher for sleeping on an airport floor is an insult", {"refunds"}, set()),
    ("fares doubled over night, ridiculous", {"price"}, set()),
    ("60 dollars for a carry on, then 20 for a seat, nickel and diming all the way", {"hidden_fees", "price"}, set()),
    ("boarding was chaos, zones mean nothing and nobody said a word", {"boarding"}, set()),
    ("gold member for ten years and not a single upgrade", {"loyalty"}, set()),
    ("my miles never posted", {"loyalty"}, set()),
    ("no announcements, no updates, gate changed three times", {"poor_information"}, set()),
    (
        "the rental company didn't have the car I reserved and charged me for a scratch that was there already",
        {"rental_car", "rental_car_trouble"},
        set(),
    ),
    ("Stood in the aisle all the way to Leeds, train packed like sardines", {"crowded"}, set()),
    ("travel agency sold us a sea view, the hotel was at a motorway", {"not_as_booked"}, set()),
    ("no wheelchair waiting for my father although we ordered it", {"special_needs"}, set()),
    ("left right on time and arrived early, love it", {"on_time"}, {"late_flight"}),
    ("Great flight, thanks!", {"good_trip"}, {"comfort_on_board"}),
    (
        "I'm on the flight to Madrid on Monday with my sister",
        set(),
        {"booking", "cancelled_flight", "crew", "customer_service", "late_flight", "seats"},
    ),
    (
        "What is the weather like in Austin today?",
        set(),
        {"customer_service", "late_flight", "lost_luggage", "luggage"},
    ),
]

# Kept aside until the phrases stood.
UNSEEN: list[Case] = [
    (
        "@aerolink first you tell us 20 minutes, then 40, now it's two hours. unreal",
        {"late_flight"},
        {"cancelled_flight"},
    ),
    ("Delayed. Again. Every single time I fly with you", {"late_flight"}, set()),
    ("why are we not taking off? been on this plane since 4", {"late_flight"}, set()),
    ("because you can't find a pilot I'm missing my daughter's recital", {"late_flight"}, set()),
    (
        "going to miss my connecting flight in Frankfurt bc you can't get planes off the ground",
        {"late_flight", "missed_connection"},
        set(),
    ),
    ("stuck at JFK for 5 hrs waiting for a part", {"late_flight"}, {"cancelled_flight"}),
    ("we landed 45 min ago and are still waiting for a gate, let us off", {"late_flight", "stuck_on_board"}, set()),
    ("the incoming aircraft isn't even here yet and the board says on time lol", {"late_flight"}, set()),
    ("our coach left ninety minutes behind schedule", {"late_flight"}, set()),
    ("tired of your delays", {"late_flight"}, set()),
    ("Two cancellations in one week. I'm done.", {"cancelled_flight"}, set()),
    ("they canceled us at midnight, no hotel, no food, nothing", {"cancelled_flight"}, {"late_flight"}),
    ("flight cancelled, rebooked, cancelled again. joke of an airline", {"cancelled_flight"}, set()),
    ("was told our flight had been scrubbed because of crew rest", {"cancelled_flight"}, set()),
    ("u cancel the 6pm and put me on the 6am, no explanation", {"cancelled_flight"}, set()),
    ("Flight cancellations all over and not one person at the counter", {"cancelled_flight"}, set()),
    ("stranded in Atlanta thanks to you", {"stranded"}, set()),
    ("bags didn't make it. again.", {"lost_luggage", "luggage"}, set()),
    ("how do you lose luggage on a direct flight", {"lost_luggage", "luggage"}, set()),
    ("It's been three days w/o my clothes, nobody knows where my suitcases are", {"lost_luggage", "luggage"}, set()),
    ("55 min wait at baggage claim. i could have driven", {"lost_luggage", "luggage"}, set()),
    ("file reference given, no update about my missing bag", {"lost_luggage", "luggage"}, set()),
    ("we're in Cancun, our checked bags are in Dallas", {"lost_luggage", "luggage"}, set()),
    ("left my jacket in the overhead bin at seat 14C, who can I call", {"lost_luggage"}, set()),
    ("Handle snapped off and a big dent, what do you do with peoples luggage", {"damaged_luggage", "luggage"}, set()),
    ("suitcase came back destroyed", {"damaged_luggage", "luggage"}, set()),
    ("you smashed my guitar", {"damaged_luggage"}, {"lost_luggage"}),
    ("Stuff was stolen out of my checked bag", {"damaged_luggage", "luggage"}, set()),
    ("so cramped my knees were in my chin", {"seats"}, set()),
    ("I picked 12A months ago. Today I'm in 31E. Why pay for seat selection?", {"seats"}, set()),
    ("wide comfy seats, slept all the way", {"seats"}, set()),
    ("my seat wouldn't recline and the tray was broken", {"seats"}, set()),
    ("overbooked flight, asked for 8 volunteers", {"overbooked"}, set()),
    ("AC off, no air, everybody sweating on this plane", {"comfort_on_board"}, set()),
    ("very bumpy landing, scared the kids", {"comfort_on_board"}, set()),
    ("cabin smelled like feet and there was gum on my armrest", {"dirty_cabin"}, set()),
    ("paid 12 bucks for wifi that never connected", {"entertainment_wifi"}, set()),
    ("inflight entertainment was out the whole flight", {"entertainment_wifi"}, set()),
    ("not even a snack on a 4 hour flight", {"food_on_board"}, set()),
    ("breakfast on board was surprisingly tasty", {"food_on_board"}, set()),
    ("your flight attendants act like we're bothering them", {"crew", "rude_crew"}, set()),
    ("worst attitude from a flight attendant ever, she yelled at my wife", {"crew", "rude_crew"}, set()),
    ("kudos to Captain Meyer and his crew, smooth and funny", {"crew"}, {"rude_crew"}),
    ("Unprofessional crew on 771. One of them threw the trash bag at me", {"crew", "rude_crew"}, set()),
    ("I've tried to book three times, each time the page times out", {"booking", "booking_problem"}, set()),
    ("your app is garbage", {"booking", "booking_problem"}, set()),
    (
        "Booked online and never got a confirmation, now they say there's no booking",
        {"booking", "booking_problem"},
        set(),
    ),
    ("it won't accept my promo code at checkout", {"booking_problem"}, set()),
    ("name misspelled on ticket and your site doesn't let me fix it", {"booking_problem"}, set()),
    ("can't get my boarding pass on mobile", {"booking_problem", "check_in"}, set()),
    ("booking was easy and quick, nice site", {"booking"}, {"booking_problem"}),
    ("want to move to an earlier flight, is there a change fee", {"rebooking"}, set()),
    ("Nobody could put us on another flight until Sunday", {"rebooking"}, set()),
    ("200 people in line, 1 person working. Are you kidding?", {"long_lines"}, set()),
    ("such long lines at LAX this morning, nearly missed it", {"long_lines"}, set()),
    ("stood in line for 3 hours to talk to a ticket agent", {"long_lines"}, set()),
    ("your phone line says all agents are busy and then drops the call", {"customer_service", "on_hold"}, set()),
    ("2 hours hold time, really?", {"customer_service", "on_hold"}, set()),
    ("I've been trying to reach someone since Tuesday", {"customer_service", "no_answer"}, set()),
    ("please answer my DM", {"customer_service", "no_answer"}, set()),
    ("Your gate agents are so rude", {"customer_service", "rude_agent"}, set()),
    (
        "agent told me one thing, the next one told me another. clueless",
        {"customer_service", "unhelpful_service"},
        set(),
    ),
    ("zero help from your people at the airport", {"customer_service", "unhelpful_service"}, set()),
    ("horrible service, never flying with you again", {"customer_service", "unhelpful_service"}, set()),
    ("Thanks to Maria at the counter in Oslo who fixed everything", {"customer_service"}, set()),
    ("still haven't received compensation for march", {"refunds"}, set()),
    ("my e-credit expired because nobody would let me use it", {"refunds"}, set()),
    ("cheapest fares around, can't complain", {"price"}, set()),
    ("200 change fee on a 90 ticket. robbery", {"hidden_fees"}, set()),
    ("why do you board from the front", {"boarding"}, set()),
    ("status match denied, guess I'll take my points elsewhere", {"loyalty"}, set()),
    ("pilots tell us nothing, desk tells us nothing", {"poor_information"}, set()),
    (
        "got a filthy compact instead of the SUV we booked, and they blocked 900 on my card",
        {"rental_car", "rental_car_trouble"},
        set(),
    ),
    ("no free seats on the 7:15 train, two coaches missing as usual", {"crowded"}, set()),
    ("Nothing on this package tour was like in the brochure", {"not_as_booked"}, set()),
    ("they left my grandma without any assistance at the gate", {"special_needs"}, set()),
    ("punctual as ever", {"on_time"}, set()),
    ("smooth trip from start to end", {"good_trip"}, set()),
    (
        "can you follow me so I can tell you about the beach",
        set(),
        {"booking", "cancelled_flight", "crew", "customer_service", "late_flight", "luggage", "seats"},
    ),
    ("do you fly to Reykjavik in summer?", set(), {"cancelled_flight", "late_flight", "lost_luggage"}),
    ("Our family loves watching planes", set(), {"crew", "customer_service", "late_flight"}),
]


def named(text: str) -> set[str]:
    return {hit.theme.removeprefix("travel.") for hit in find_themes(text, [PACK])}


@pytest.mark.parametrize(("text", "expected", "absent"), LOOKED_AT + UNSEEN)
def test_what_a_comment_is_about(text: str, expected: set[str], absent: set[str]) -> None:
    found = named(text)
    assert expected <= found
    assert not absent & found


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("The crew was not rude", "rude_crew"),
        ("The flight was not bad", "bad_flight"),
        ("Our flight was not great", "good_trip"),
        ("The flight was not delayed", "late_flight"),
        ("It hasn't been cancelled", "cancelled_flight"),
        ("The seats were not dirty", "dirty_cabin"),
        ("The train was not crowded", "crowded"),
        ("The customer service was not bad", "unhelpful_service"),
        ("The website is not slow", "booking_problem"),
    ],
)
def test_what_is_denied_is_no_theme(text: str, theme: str) -> None:
    assert theme not in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "The table is brown",
        "She teaches history in a small town",
        "We watched a film about bees",
        "I'm flying to Oslo on Friday",
        "My flight leaves at noon",
        "We were at the airport",
        "The train goes to Hamburg",
        "He explained the theory in simple words",
    ],
)
def test_other_talk_has_no_theme(text: str) -> None:
    assert not named(text)


def test_the_themes_named_here_exist() -> None:
    known = {theme.removeprefix("travel.") for theme in PACK.themes}
    for _, expected, absent in LOOKED_AT + UNSEEN:
        assert expected | absent <= known


def test_the_broad_aspects_take_praise_and_pain() -> None:
    assert all(PACK.themes[f"travel.{theme}"].tone is Tone.EITHER for theme in BROAD)
    assert set(Tone) == {theme.tone for theme in PACK.themes.values()}
