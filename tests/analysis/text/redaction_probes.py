"""Comments with something private in them, between braces, and comments in which everything may be shown.

The rules were written after both sets and tried on the first alone; what they then missed of the second was repaired.
"⏎" is the end of a line.
"""

import re

Probe = tuple[str, list[str]]  # the comment, and what may not be shown of it
_PRIVATE = re.compile(r"\{([^{}]*)\}")
_TIES = frozenset({"at", "dot", "de", "van", "der", "la", "com"})  # words that tell nothing

FIRST_PRIVATE = """
Call me on {+44 7911 123456} please
Call me on {07911 123 456} please
you can ring {020 7946 0958} after six
my number is {(020) 7946-0958}
my mobile: {+1 (415) 555-2671}
Text {415.555.2671} if anything
US office {1-800-555-0199} never picks up
Tel. {030/1234567} Berlin office
reach me at {+49 30 123456-78}
Handynummer {0151 23456789} danke
{+49(0)1512 3456789} is my number
appelez le {06 12 34 56 78} merci
appelez le {06.12.34.56.78} merci
{+33 (0)6 12 34 56 78} call back
llame al {612 345 678} por favor
{+34 612-345-678} is the best
{+39 347 123 4567} anytime
NL: {06-12345678} please
NL: {+31 6 1234 5678} please
PL {+48 601 234 567} thank you
SE {070-123 45 67} ring me
DK {+45 20 12 34 56} ring me
NO {+47 912 34 567} ring me
India {+91 98765 43210} whatsapp
India {98765-43210} whatsapp
AU {0412 345 678} mobile
AU {(02) 9374 4000} office
BR {(11) 98765-4321} ligar
JP {+81 90-1234-5678} call
JP {090-1234-5678} call
CN {+86 138 0013 8000} call
CN {138-0013-8000} call
TR {0532 123 45 67} ara
{0044 7911 123456} is my phone
{00 49 151 234 567 89} is my phone
my phone {7911123456} is off
phone {555-2671} extension {412}
ring {zero seven nine one one, one two three four five six} please
call {oh seven seven double zero nine hundred} please
my number is {nine eight seven six five four three two one zero}
{٠٧٩١١١٢٣٤٥٦} is my number
{＋４４ ７９１１ １２３４５６} is my number
mail {jane.doe@firm.com} please
mail {jane.doe@firm.co.uk}, thanks
mail {jane+spam@sub.firm.example} now
write to {jane dot doe at firm dot com} please
write to {jane.doe at firm.com} please
write to {jane.doe at gmail dot com} please
write to {jane.doe [at] firm [dot] com} please
write to {jane.doe(at)firm(dot)com} please
write to {jane_doe AT firm DOT com} please
write to {jane (at) firm (dot) com} please
write to {jane.doe @ firm.com} please
write to {jane.doe@firm .com} please
write to {jane.doe@gmail} please
write to {jané.müller@büro.example} please
e-mail me, {JANE@FIRM.COM}!
mailto:{jane@firm.com}
write to {jane.doe＠firm.com} please
card {4111 1111 1111 1111} was charged
card {4111-1111-1111-1111} was charged
card {4111.1111.1111.1111} was charged
card {4111111111111111} was charged
card {4111 11111111 1111} was charged
card {4111  1111  1111  1111} was charged
card {4111 / 1111 / 1111 / 1111} was charged
amex {3782 822463 10005} declined
card {5500–0000–0000–0004} declined
the card ending {4242} was charged twice
my visa ending in {4242} was charged twice
card {xxxx-xxxx-xxxx-4242} was charged
card {**** **** **** 4242} was charged
cvv {123} was asked for on the phone
iban {DE89 3704 0044 0532 0130 00} please
iban {DE89370400440532013000} please
refund to {gb29 nwbk 6016 1331 9268 19} please
refund to {NL91ABNA0417164300} please
refund to {FR14 2004 1010 0505 0001 3M02 606} please
refund to {DE89-3704-0044-0532-0130-00} please
refund to {DE89.3704.0044.0532.0130.00} please
sort code {20-00-00} account {55779911} please refund
account number {55779911} please refund
my account no is {5577 9911} please refund
order {ORD-2024/00017} never came
order {2024-00017} never came
order no. {AB12CD345} never came
order #{A-99812} never came
{#A-99812} never came
order number is {99812} and it never came
order {99812} never came
my order, {403-7739218-1120344}, is lost
{AB12CD345} is my order
booking ref {XK7P2Q} was lost
booking reference: {XKQPRT} was lost
booking code {xk7p2q} was lost
PNR {XKQPRT} cancelled
confirmation number {HM8K2YTRS} not found
reservation {8837.221.904} not found
ticket {INC0012345} is open since may
ticket {#4471} is open since may
ticket nr {4471} is open since may
case {00123456} closed without word
case id {CAS-4471-B} closed without word
{SR-4471} closed without word
{CASE4471} closed without word
invoice {INV/2024/0099} is wrong
invoice {RE-2024-0099} is wrong
Bestellnummer {4711-88} fehlt
Rechnung {2024-0099} falsch
commande {4711-88} perdue
pedido {4711-88} perdido
tracking {1Z999AA10123456784} stuck
tracking number {JD014600003828} stuck
parcel {RR123456789DE} stuck
policy number {POL 4471 882} not found
customer number {K-88123} unknown
member id {88123-77} unknown
flight {LH1234} on my ticket {220-2412345678}
serial number {C02XK1ZZJGH5} not accepted
passport {C01X00T47} was copied
NI number {QQ 12 34 56 C} was asked for
SSN {078-05-1120} was asked for
my licence plate is {B-AB 1234} and was noted wrongly
my name is {jane doe} and I waited
My name is {Jane Doe} and I waited
my name's {Jane} and I waited
name: {Jane Doe}, waiting since May
Name {Jane Doe}
I am {Jane Doe} from Leeds
I'm {Jane}, waiting for an answer
this is {Jane Doe}, calling again
Mr. {van der Berg} was rude
Mr {Smith-Jones} was rude
mr {jones} was rude
mrs. {patel} helped us
Ms {O'Brien} helped us
Dr {Müller} took her time
Dr. {Özdemir} took her time
Prof. {Łukasz Wójcik} took his time
Doctor {Patel} took his time
Nurse {Joy} took her time
Herr {Schröder} war nett
Frau Dr. {Weiß} war nett
Monsieur {Lefèvre} était gentil
Mme {Dupont} était gentille
Señora {García} muy amable
Sr. {Ibáñez} muy amable
regards, {Tom}
Regards {Tom}
kind regards {tom}
Best, {Tom}
Thanks,⏎{Tom}
Great job⏎- {Tom}
Cheers, {tom}
Sincerely yours, {Tom P. Miller}
Mit freundlichen Grüßen {Anna Schmidt}
Viele Grüße, {Anna}
LG {Anna}
Cordialement, {Jean}
Saludos, {Íñigo}
thanks to {Priya} at the desk
thanks to {priya} at the desk
Thank you {Priya} for the help
huge thanks to {Priya} and {Tom} for the help
big shout out to {Priya} for the help
hats off to {Priya}
spoke to {priya} from billing
I spoke with {Priya K.} on Monday
your agent {Priya} hung up on me
a lady called {priya} hung up on me
a man named {Tom} hung up on me
someone called {Tom} hung up on me
our waiter {Luigi} was lovely
our guide {Marco} was lovely
served by {Marco} at lunch
the driver, {Marco}, was lovely
my colleague {Tom Miller} uses it
my husband {Tom} uses it
please contact {Tom Miller} about it
please ask {Tom} about it
Hi {Tom}, all fine
hi {tom}, all fine
Dear {Tom}, all fine
Hello {Åsa}, all fine
{Priya}, your agent, hung up on me
it was {Priya} at reception who helped
it was {Priya} from support who helped
my name is {Иван Петров} and I waited
my name is {田中太郎} and I waited
My name is {محمد} and I waited
Mr {Ίκαρος} was rude
Ich heiße {Anna Schmidt} und warte
mein Name ist {Anna Schmidt} und ich warte
je m'appelle {Jean Dupont} et j'attends
me llamo {Ana} y espero
mi chiamo {Luca Rossi} e aspetto
Меня зовут {Иван}, я жду
@{jane_doe92} on twitter
DM me {@janedoe}
my insta is {janedoe_92} thanks
my username is {jdoe92} and it fails
username: {jdoe} and it fails
user {jdoe92} can't sign in
my login {jdoe_92} fails
skype {live:jane.doe} works
telegram {@jdoe} works
I live at {12 Baker Street}, come round
deliver to {221b Baker Street, London NW1 6XE} next time
my address is {12 oak road} in leeds
address: {Hauptstraße 5, 10115 Berlin}
ich wohne in der {Lindenstr. 14a} seit
parcel went to {14 Elm Ave} instead
parcel went to {14 Elm Ave., Apt 3B} instead
{1600 Pennsylvania Avenue NW} got it
livraison au {12 rue de la Paix} ratée
entrega en {Calle Mayor 12} fallida
postcode {SW1A 2AA} not covered
no cover in {M1 1AE} at all
my zip is {90210} and nothing works
zip code {90210-1234} not covered
PLZ {10115} nicht versorgt
postcode is {1012 AB} not covered
P.O. Box {1234} is not accepted
flat {14}, {Rosewood Court}
born {12/05/1984}, still asked
my date of birth is {12 May 1984}, still asked
DOB {12.05.84} still asked
my ip is {192.168.178.23} blocked
see {https://firm.com/orders/88213?token=abc}
see {firm.com/reset?token=abcdef1234}
"""

FIRST_WHOLE = """
It took 45 minutes and cost 500 euros
1,299.00 for that is too much
paid 1 299,00 EUR and got nothing
£12.99 a month, was £9.99
$1,000,000 in losses
20% slower, 100 % worse
between 10 and 20 % of the calls drop
version 2.1.3 crashes
v2.1.3 and v2.1.4 crash
iOS 17.4.1 crashes
Since 2024-05-12, or 12/05/2024, it is slow
since 12.05.2024 it is slow
in 2019, 2020 and 2021 it was fine
in the 2023/2024 season
2023-24 was fine
waited from 10:15 to 11:45
waited from 10.15 to 11.45
at 9am, 12pm and 17:30
room 12 was cold
room 412 was cold
5 stars
5 stars, would buy again
10/10 would recommend
8 out of 10
iphone 15 pro max 256 GB
Samsung Galaxy S23 Ultra, 512 GB
Windows 11 and Office 365
PS5 and Xbox 360
the A320 was clean
a 737 800 and an A380
AES-256 and ISO 9001 matter to us
HTTP 500 and error 404 all day
GDPR, CRM, API, SSO and 2FA are missing
USB-C, HDMI 2.1 and WiFi 6
WPA2 and MP3 still work
order was late 3 times
my order was late
the order number was wrong
the booking reference never arrived
ticket prices are too high
case closed, well done
account manager is great
Dear Team, thanks
Dear all, thanks
Hi there, all fine
Hi, Great app
hello again, still slow
hi guys, still slow
Thanks Support, I am Very happy
Thanks Support
Thanks, Great service
Thanks for January, and for May
I am German and you only speak English
I'm British
This is Great
this is AMAZING
THIS IS A JOKE
love love LOVE
I love London
Love it
love Apple products
this is PRIVATE care
best letting agent I've had in 15 years
a bot called Sunny told me so
I teach a module called Bad Science
they called Monday and again on Tuesday
nobody called me back
a lady called about it and was kind
spoke to someone from billing
spoke to support for 40 minutes
spoke to the manager
thanks to everyone at the desk
thanks to staff in the shop
ask for help
please contact us sooner
regards the app, it is slow
as regards support, fine
best app ever
Best, cheapest, fastest
the best of 2024
my name is spelled wrong on the invoice
my name is on the list
my username is not accepted
my login is broken
the username field is too short
user experience is poor
miss the old app
I miss having a menu
sir, this is not good
doctor was late
Nurse was kind
our waiter was lovely
our guide knew everything
my husband and I enjoyed it
12 people in the street
5 minutes down the road
High Street shop was closed
2 minutes from Oxford Street
the Baker Street branch is great
at the end of the day
see you at lunch dot
look at gmail dot com mail
meet at 5 at the desk
one two three, easy
one of two, three at most
two or three, four at the most
phones ring zero times
24/7 support
3-5 working days, then 7-10
2 x 4 GB, 1 TB
1080p and 4K at 60 Hz
50-100 mbit/s of the promised 1000
5-10 minutes, 3 to 4 times
from 3,500 to 12,000 users
0800 to 1800 every day
on 5 May 2024 and 6 June
see https://kept.example/pricing
kept.example is slow
John Lewis delivered late
Mr Muscle and Dr Pepper are sold out
Dr Oetker pizza was fine
MS Teams and MS Office
Best Buy, Home Depot and Burger King
postcode lookup fails
my zip file is broken
zip 3 files
my address is wrong in your system
I live in London
live at the moment only in beta
card declined, card reader broken
ending in 2025 is too late
rate 4.5 out of 5, was 3.8
Terminal 5, gate 22, row 14
size 42, 38 and XL
E10 and E5 fuel
B2B and B2C, 3D and 4x4
M25 and A40 were full
COVID-19 and H1N1
"""

SECOND_PRIVATE = """
please ring my mobile {+44 (0) 7700 900 123} tonight
my cell is {212-555-0187}, leave a voicemail
mob {07700900123}
Rückruf unter {+49 170 1234567} erbeten
Rufnummer {0 89 / 12 34 56 7} geht nicht
tél {01 44 55 66 77} occupé
tel {91 123 45 67} sin respuesta
{+353 1 234 5678} rings out
{+32 (0)475 12 34 56} rings out
{+41 79 123 45 67} rings out
{+43 664 1234567} rings out
{+420 601 234 567} rings out
{+36 30 123 4567} rings out
{+40 721 234 567} rings out
{+7 (916) 123-45-67} rings out
{8 916 123 45 67} rings out
{+30 694 123 4567} rings out
{+972 50-123-4567} rings out
{+971 50 123 4567} rings out
{+27 82 123 4567} rings out
{+234 803 123 4567} rings out
{+65 9123 4567} rings out
{+62 812-3456-7890} rings out
{+84 91 234 56 78} rings out
{010-1234-5678} rings out
{+52 1 55 1234 5678} rings out
call {zero one six one four nine six zero zero zero zero} any time
phone: {seven seven double five one two three four}
{０９０－１２３４－５６７８} please
my mail is {sam_w88@web.example.org}.
contact {sam[at]firm[dot]io} please
contact {sam at firm dot io} please
contact {sam.wood at outlook.com} please
contact {s.wood (at) firm.de} please
contact {sam . wood @ firm . de} please
contact {sam.wood@firm,com} please
gmail is {samwood88}
{<sam@firm.com>} never got a reply
debit card {4000 0566 5566 5556} refused
they saved {5555-5555 5555-4444} in plain text
mastercard {5555 5555 55554444} refused
mastercard no {5105105105105100}
card ends in {0005} and was blocked
last four digits {4242} were asked
last 4 of my card: {9913}
account {ES91 2100 0418 4502 0005 1332} was wrong
account {it60x0542811101000000123456} was wrong
IBAN: {PL61 1090 1014 0000 0712 1981 2874}
IBAN {CH93-0076-2011-6238-5295-7} rejected
order id {7f3a-99c1} missing
order nr {SO102233} missing
order: {W88-2210} missing
Order Number {112-4411223-9988776} missing
purchase order {PO-88213} missing
PO {88213} missing
my booking {Q7RXZT} vanished
booking no {99-8812} vanished
reservation code {HMABCQ22} vanished
ref {77/88/AB} unanswered
ref. {77881} unanswered
reference number {GB-7788-X} unanswered
Ref No: {ABX7788} unanswered
ticket id {T-20240512-0007} unanswered
Ticket {REQ_88127} unanswered
support ticket number {88127} unanswered
complaint {C/2024/881} unanswered
claim no {CLM88127} unanswered
refund {RF-88127} unanswered
delivery {00340434161094042557} lost
shipment {DHL 4471 8821 90} lost
Sendungsnummer {JJD000390007} weg
Kundennummer {778812} falsch
Auftrag {A-7788} falsch
Vorgang {2024-778} offen
numéro de commande {C77881} perdu
número de pedido {77-881} perdido
ordine {77881} perso
contract {V-77881-22} ended
device id {A1B2C3D4E5F6} blocked
IMEI {356938035643809} blocked
VIN {WVWZZZ1JZXW000001} unknown
e-ticket {125-2412345671} unknown
loyalty number {KL 7788 1234} unknown
student id {s7788123} unknown
patient number {943 476 5919} unknown
hi, my name is {sofia} and my order is late
My name is {Nguyễn Văn An} and I waited
i am called {sofia}
name is {Sofia Lindqvist}, waiting
This is {Sofia} from Uppsala
Hey {Sofia}! great
Good morning {Sofia}, great
Good afternoon Mrs {Lindqvist}, great
Mrs {de la Cruz} was curt
Mr {O’Connor} was curt
mr. {nakamura} was curt
MR {NAKAMURA} was curt
Miss {Adeyemi} was curt
dr {okafor} was curt
Dr. {Åström} was curt
Professor {Ng} was curt
Herrn {Özil} war grob
Madame {Côté} était sèche
Don {Señor Ruiz} era grosero
Signora {Bianchi} era gentile
pani {Kowalska} była miła
Kind regards,⏎{Sofia Lindqvist}
Warm regards {Sofia}
Many thanks, {Sofia L.}
best wishes from {Sofia}
Yours faithfully, {S. Lindqvist}
Thanks! {Sofia}
Ta, {Sofia}
yours, {sofia}
MfG {Lindner}
Beste Grüße {Jürgen}
Liebe Grüße {Uwe}
Bien à vous, {Élodie}
Un saludo, {Begoña}
Cordiali saluti, {Zoë}
Met vriendelijke groet, {Joost}
Pozdrawiam, {Żaneta}
thanks to {Deepak} in accounts
special thanks to {deepak} from the night shift
props to {Deepak} for staying late
credit to {Deepak} for staying late
kudos {Deepak}
talked to {Deepak} twice
chatted with {Deepak} twice
dealt with {Deepak} twice
met {Deepak} at the desk
your rep {Deepak} promised a refund
the technician ({Deepak}) was late
technician named {deepak} was late
a guy called {deepak} was late
receptionist {Olga} smiled
barista {Olga} smiled
our nurse {Olga} smiled
her name was {Olga} and she smiled
his name is {Deepak} and he smiled
my wife {Olga} smiled
my daughter {Olga} smiled
my boss {Olga Ivanova} smiled
ask {Olga} at reception
it was {Olga} in billing who smiled
from {Olga} at the front desk
my name is {Ελένη} and I waited
my name is {김민수} and I waited
My name is {שרה} and I waited
Mr {Ковалёв} was curt
my name is {राज} and I waited
Mein Name ist {Jürgen}
Ik heet {Joost} en wacht
Nazywam się {Jan Kowalski} i czekam
Me chamo {João} e espero
Mitt namn är {Åsa} tack
我叫{王芳}，等了很久
follow me {@sofia.l_88}
{@sofial} still waiting
twitter handle {sofial88} ignored
instagram: {sofia_l88} ignored
user id {sofia88} blocked
my user name is {sofial} and it is blocked
my account name is {sofia88} and blocked
login: {slindqvist} and blocked
discord {sofia#8812} blocked
I'm at {47 Maple Drive}, nobody came
we live at {9 rose lane} and nobody came
sent it to {Flat 3, 18 Queens Road} again
address is {88 King's Cross Rd, London} not the old one
shipped to {742 Evergreen Terrace} again
{Bahnhofstr. 22} wurde nicht gefunden
{Goethestraße 14} wurde nicht gefunden
Am {Marktplatz 3} wurde nicht geliefert
{Kerkstraat 12} niet gevonden
{Via Roma 15} non trovata
{15 boulevard Voltaire} introuvable
{Avenida de América 44} no existe
post code {EH1 1YZ} not served
we are in {cf10 1ep} and not served
ZIP {60614} not served
zip: {60614}
code postal {75011} non desservi
Postleitzahl {80331} geht nicht
PO Box {7788} refused
DOB: {03/11/1979} asked again
date of birth {3rd November 1979} asked again
geboren am {03.11.1979} steht falsch
IP {81.2.69.142} banned
mac {00:1B:44:11:3A:B7} banned
see {https://firm.example/u/sofia?sid=1}
password is {hunter22} now
my pin {4471} was refused
"""

SECOND_WHOLE = """
paid 49.90, got 12.50 back
89 EUR plus 4,95 EUR shipping
€1.299,- is steep
12 500 users, 3 000 seats
1.5 million rows, 2,000,000 more
33.3% off, 5 % cashback
release 10.4.12 broke it
Android 14 broke it
Python 3.11 and Node 20.10.0
build 2024.05.1 is fine
on 03/04/2024 and again 2024/05/03
May 2024, June 2024 and July
the 1990s, 1995-1999
Q3 2023 and FY24
9:00 - 17:00 only
08:30-12:30, Monday to Friday
7-8 am
room 7, floor 3
table 14 by the window
3 stars
4.5 stars
10 / 10
7/10, 3/5
iphone 15
Pixel 8 Pro
Kindle Paperwhite 11
Galaxy Buds 2 are fine
RTX 4090 and i7 13700
Boeing 787-9 was quiet
row 23 seat C
PDF, CSV and XLSX exports
SAP, IBM and HP were slower
ISO 27001 and SOC 2
error 503 again
403 forbidden on every page
LTE, 5G and DSL 100
MP4 and H264 fail
order history is gone
order came in 2 days
ordered 2 in may, 1 in june
case study was fine
the ticket was cheap, 12 euros
invoice of 12 May was wrong
invoice for 300 euros was wrong
booking took 10 minutes
claim took 6 weeks
contract runs 24 months
account balance wrong by 40 euros
reference material is good
customer since 2015
member for 12 years
member since 2010
Dear support, thanks
Dear Sir or Madam, it is slow
Hello everyone, great
hey presto, it works
Hi Support Team, great
Thanks Team
Thank you All
thank you so much
many thanks, great
Thanks anyway
cheers guys
cheers mate
Best regards
Kind regards from all of us
best wishes for the new year
I am Dutch
I'm Happy
I am NOT happy
This is Ridiculous
This is Excel for beginners
this is why I left
Love the new look
we love Berlin
I called Friday
the feature called Boards is great
a product named Boards is great
woman called me rude
the agent called back twice
driver called from the wrong door
agent was rude
Technician came late
talked to three people
spoke with reception at night
spoke to customer service on Monday
thanks to your team at the airport
thanks to the new menu
credit to the team
credit card fee is high
met at the airport
contact form is broken
please ask before you charge
name is too long for the field
my name was misspelled
her name was wrong
username or password wrong
login is slow
user guide is short
instagram ads are annoying
twitter support was quick
dr visit was short
miss nothing
Miss the old design
professor was late
receptionist smiled
wife and daughter loved it
my boss and I agree
10 minutes from the road
3 shops in the lane
two streets away
Oxford Street store is great
Main Street branch
Wall Street Journal app
4 drive bays, 2 court yards
at least 3 dot releases
dot com boom
good at service dot
two three four weeks
five out of six calls
one to five, I say four
24 hours, 7 days
2-3 days, 10-14 at most
4 x 100 g
300 dpi, 16:9
100-200 kbit/s
0 to 100 in 8 seconds
1,000 contacts, 12,500 mails
step 1, 2, 3, 4, 5, 6, 7
Sunday, Monday and Tuesday
Apple, Google and Microsoft
Marks and Spencer are fine
Wendy's was fine
Ben and Jerry's was melted
zip files don't open
address book is empty
post code field broken
my pin was refused
password is too short
password reset never came
card 2 of 3
last 4 weeks
last four days
ends in 2026
A1 and M6 closed
Model 3 and Model Y
F150 and X5
"""


def private_probes(block: str) -> list[Probe]:
    probes = []
    for line in whole_probes(block):
        words = [word for private in _PRIVATE.findall(line) for word in re.findall(r"[^\W_]+", private)]
        probes.append((re.sub("[{}]", "", line), [word for word in words if word.lower() not in _TIES]))
    return probes


def whole_probes(block: str) -> list[str]:
    return [line.replace("⏎", "\n") for line in block.strip().splitlines()]


def still_shown(words: list[str], redacted: str) -> list[str]:
    """Those of the words that stand in the redacted comment."""
    shown = re.sub(r"\[[a-z-]+\]", " ", redacted)
    return [word for word in words if re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", shown)]
