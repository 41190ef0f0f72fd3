# The words of the visitors’ pages in English. The Spanish catalogue has the same messages; a test holds that.

skip = Skip to the content
other-language = Español
demonstration = Demonstration: these clinics are invented.
questions = Questions? Call
privacy = Privacy
terms = Terms
navigation = Pages
find-clinic = Find a clinic
all-states = All states
staff-sign-in = Staff sign-in
rather-talk = Rather talk to someone?
credits = Place data © GeoNames, CC BY 4.0, modified. State outlines: U.S. Census Bureau.
breadcrumbs = You are here
all-locations = All locations

search-label = ZIP code, city or state
search = Search
near-me = Use my location
locate-busy = Finding you…
locate-denied = Your browser did not share your location. Type a ZIP code or a city instead. Nothing was sent.
locate-unavailable = Your location could not be found. Type a ZIP code or a city.
suggest-none = No matching place
suggest-count = Places: {"{n}"}
spanish-spoken = Se habla español
spanish-only = Only where Spanish is spoken
offers = Did you mean
more-places = More places of this name
search-refused = This search cannot be answered: { $reason }

locations-heading = Find a clinic
locations-description = Free consultations at { $clinics ->
    [one] one clinic
   *[other] { $clinics } clinics
 } in { $states ->
    [one] one state
   *[other] { $states } states
 }: find the nearest, see the earliest available time, book or call.
locations-lead = { $clinics ->
    [one] One clinic
   *[other] { $clinics } clinics
 } in { $states ->
    [one] one state
   *[other] { $states } states
 }. Every first consultation is free.
states-heading = Clinics by state
clinic-count = { $clinics ->
    [0] no open clinic
    [one] 1 clinic
   *[other] { $clinics } clinics
 }

results-heading = Clinics near { $place }
results-description = The nearest clinics and their next available consultations.
your-location = your location
results-count = { $clinics ->
    [one] 1 clinic
   *[other] { $clinics } clinics
 } within { $radius } miles.
straight-line = Distances are straight lines; the drive is longer.
corrected = Showing results for { $place }
expanded-to = No clinic lies within { $asked } miles of { $place }. These are within { $used } miles.
expanded-anywhere = No clinic lies within { $asked } miles of { $place }. These are the nearest there are.
sort = Sort by
sort-nearest = Nearest first
sort-soonest = Soonest first
sort-same = the same clinic
sort-no-time = no times left
excluded-heading = Closer, but not bookable now
nothing-found = No clinic fits. Take a filter away, or call us.
today = today
tomorrow = tomorrow
on-day = { $day }
miles = { $miles } mi
about-miles = about { $miles }{"\u00A0"}mi
under-a-tenth-mile = less than 0.1{"\u00A0"}mi

state-heading = Free consultations in { $state }
state-description = { $clinics ->
    [one] One clinic
   *[other] { $clinics } clinics
 } in { $cities ->
    [one] one city
   *[other] { $cities } cities
 } of { $state }: addresses, hours, available times and phone numbers. The first consultation is free.
state-lead = { $clinics ->
    [one] One clinic
   *[other] { $clinics } clinics
 } in { $cities ->
    [one] one city
   *[other] { $cities } cities
 } of { $state }.
cities-heading = Cities
clinics-heading = Clinics, earliest available time first
more-in-cities = More clinics are on the pages of their cities.
soonest-is = The earliest available time is { $time }, at { $clinic }.

city-heading = Free consultations in { $city }
city-description = { $clinics ->
    [one] One clinic
   *[other] { $clinics } clinics
 } in { $city }: address, hours, phone and available times. The first consultation is free. Book online or call.
city-lead = { $clinics ->
    [one] One clinic
   *[other] { $clinics } clinics
 } in { $city }. The first consultation is free.
nearby-heading = Nearby

clinic-heading = { $clinic }: free consultation in { $city }
clinic-description = { $clinic }, { $address }. Opening hours, directions, phone, and free consultations to book.
offer = { $minutes } minutes, no charge.
free-consultation = Free consultation
free-times = Free consultations
no-free-times = No times left in the next { $days ->
    [one] day
   *[other] { $days } days
 }. Call to ask.
next-free = Next available consultation
book = Book a free consultation
book-this = Book this time
other-times = Other times
slot-name = { $time }, { $clinic }
call = Call
directions = Directions
website = Website
email = E-mail
address = Address
main-phone = Main number
hours = Opening hours
hours-in-zone = Times are { $city } time ({ $zone }).
special-hours = Special days
closed = Closed
all-day = Open all day
today-mark = today
services = Services
languages = Languages
accessibility = Accessibility
getting-here = Getting here
pin-about = The position on the map is that of the ZIP code.
no-consultations = No consultations at this clinic
language-en = English
language-es = Spanish
language-pt = Portuguese
language-fr = French
language-vi = Vietnamese
language-zh = Chinese
language-ko = Korean
language-tl = Tagalog
language-ru = Russian
language-ar = Arabic
language-ht = Haitian Creole
language-pl = Polish

open-until = Open until { $time }
open-until-day = Open until { $day } at { $time }
open-always = Open around the clock
closed-until = Closed, opens { $day } at { $time }
closed-for-now = Closed today
hours-unknown = Hours not listed, please call
closed-until-date = Closed until { $date }
temporarily-closed = Temporarily closed
opens-on-date = Opens { $date }
coming-soon = Opening soon
closed-since-date = Closed for good on { $date }
closed-for-good = Closed for good
fully-booked = No times left
left-out-by-filter = Does not pass your filter

no-state-heading = No clinics here yet
no-state-lead = There is no page for this state. We have clinics in these:
no-city-heading = No clinics here yet
no-city-lead = There is no such page in { $state }. We have clinics in these cities:
gone-heading = { $clinic } has closed
gone-lead = { $clinic } has closed for good. These clinics are the nearest.

place-required = Type a ZIP code, a city or a state.
place-too-long = That is too long for a place. Give a ZIP code, or a city with its state.
place-characters = A place is written with letters, digits and ordinary punctuation.
coordinates = Coordinates are latitude, then longitude, such as 30.2672, -97.7431.
off-the-globe = These are not coordinates on Earth.
zip-format = A ZIP code has five digits.
zip-format-meant = A ZIP code has five digits. Did you mean { $zip }?
zip-military = Military mail has no place on the map. Give the base or a city.
zip-unknown = We do not know this ZIP code. Try the city.
place-unknown = There is no such place. Check the spelling, or give a ZIP code.

map = Map
map-skip = Skip the map
map-search-area = Search this area
map-open = Open the map
map-count = { "{n}" } clinics
map-of-clinic = { $clinic } in { $state }
close = Close
zoom-in = Zoom in
zoom-out = Zoom out

book-times-heading = Choose a time at { $clinic }
book-you-hold = You are holding
book-go-on = Go on with it
book-in-time = Same clinic
book-in-place = Other clinics
book-none-in-week = No times are available in this week.
book-earlier = Earlier dates
book-later = Later dates
book-details-heading = Who is coming?
book-full = You have the full { $minutes } minutes.
book-held-until = Kept for you until { $time }
book-countdown = Kept for you for { "{time}" } more
book-countdown-warn = { "{time}" } left to book this time
book-another-time = Choose another time
book-name = Your name
book-phone = Phone
book-reach = A phone number or an e-mail address is enough.
book-email = E-mail
book-contact-by = How may we reach you?
book-by-phone = Call
book-by-text = Text message
book-by-email = E-mail
book-by-any = No preference
book-note = Anything we should know? (optional)
book-note-hint = For example that you need a ramp. Please no medical details.
book-privacy = By booking you agree that we keep these details to make and manage your visit.
book-confirm = Book this free consultation
book-extend = I need 5 more minutes
book-release = Give the time back
book-again = Take this time again and book it

visit-times-heading = Choose another time at { $clinic }
visit-keep = Back to your visit: it stays as it is until you choose
visit-is-confirmed = Your free consultation is booked
visit-is-needs_rebooking = Your consultation needs another time
visit-is-cancelled = Your consultation is cancelled
visit-is-arrived = Your consultation
visit-is-completed = Your consultation
visit-is-no_show = Your consultation
visit-needs-rebooking = The clinic cannot keep this time. Choose another one here, or wait for our call.
visit-reference = Reference
visit-when = When
visit-where = Where
visit-who = Who
visit-no-message = We do not send a message yet: note the reference, or keep this page. Whoever has its address can change the visit.
visit-calendar = Add to your calendar
visit-move = Choose another time
visit-book-again = Book a new consultation
visit-cancel = Cancel the visit
visit-cancel-sure = The time is then available to others.
visit-cancel-yes = Yes, cancel it

refused-slot_taken = Somebody else just took that time. These are available right now:
refused-held-until = Somebody is just booking this time. It may be available again at { $time }. These are available right now:
refused-past = This time has passed. Choose another one.
refused-horizon = This is further ahead than can be booked. Choose another time.
refused-clinic_not_open = The clinic is not open on this date. Choose another time, or another clinic.
refused-hours_unknown = The hours of this clinic are not known. Please call.
refused-special_hours = The clinic has other hours on this date. Choose another time.
refused-hours = The clinic is not open long enough at this time. Choose another one.
refused-off_grid = Consultations do not start at this time. Choose one of these.
refused-notice = This is too soon to be booked online. Choose a later time, or call.
refused-booked = This time is taken. Choose another one.
refused-held = Somebody is just booking this time. Choose another one.
refused-no_consultations = This clinic offers no consultations. Choose another clinic.
refused-hold_unknown = No time is kept for you here any more. Choose one, and allow cookies for this site.
refused-hold_expired = The time was kept for you, and that has ended. What you typed is still here.
refused-hold_released = You gave this time back, or chose another one. Choose again.
refused-too_many_extensions = This time cannot be kept any longer. Please book it now.
refused-already_confirmed = This is booked already.
refused-already_cancelled = This visit is cancelled already.
refused-too_late = This visit can no longer be changed here. Please call the clinic.
refused-wording_unknown = The text about your data has changed. Please read it once more, then book.
refused-payload_too_large = That was more than this form takes. Make it shorter and send it again.
refused-unreadable = What was sent could not be read. Fill the form in once more.
refused-other-time = You chose another time in the meantime: it is the one below. Check it, then book.

error-one-missing = One thing is missing
error-summary = { $n ->
    [one] One thing needs a look
   *[other] { $n } things need a look
 }
error-other = This cannot be right. Look at it once more.
error-repeated_parameter = This was sent twice. Type it once more.
error-unknown_parameter = The form sent something that does not belong to it. Open the page again.
error-required = Fill this in
error-name-required = Give your name
error-privacy-required = Please tick this so that we may book for you
error-contact_required = Give a phone number or an e-mail address
error-way_required = Fill this in, or choose another way to be reached
error-phone-way_required = Give a phone number, or choose e-mail
error-email-way_required = Give an e-mail address, or choose another way to be reached
error-too_long = Keep this under { $max } characters
error-name-too_long = Keep the name under { $max } characters
error-note-too_long = Keep the note under { $max } characters
error-too_many = Keep this to { $max }
error-hidden = Take out the characters that cannot be seen
error-phone_digits = This phone number has { $n ->
    [one] 1 digit
   *[other] { $n } digits
 }, ten are needed
error-phone_invalid = This is not a phone number such as (512) 555-0134
error-email_no_at = This e-mail address has no @
error-email_invalid = This is not an e-mail address such as ana@example.com
error-unknown_choice = Choose one of these

problem-not_found = There is no such page
problem-not_found-lead = Check the address, or look for a clinic here.
problem-clinic_unknown = There is no such clinic
problem-clinic_unknown-lead = Look for one near you.
problem-booking_unknown = This link does not work
problem-booking_unknown-lead = { $number ->
    [none] Check that it is complete.
   *[other] Check that it is complete, or call { $number }.
 }
problem-too_many_requests = You are quick
problem-too_many_requests-lead = Please wait { $seconds } seconds.
problem-unavailable = Booking is down for a moment
problem-unavailable-lead = { $number ->
    [none] Please try again in a moment.
   *[other] By phone it works: { $number }.
 }
problem-internal = Something broke on our side
problem-internal-lead = { $number ->
    [none] Nothing you did. Try again in a moment.
   *[other] Nothing you did. Try again or call { $number }.
 }
problem-cross_site = This form was not sent from our pages
problem-cross_site-lead = Open the clinic’s page and choose a time there.
problem-method_not_allowed = This address takes no such request
problem-method_not_allowed-lead = Go back to the page before, or look for a clinic here.
problem-payload_too_large = That was more than this form takes
problem-payload_too_large-lead = Go back: your browser still has what you typed. Make it shorter and send it again.
problem-unsupported_media_type = This form could not be read
problem-unsupported_media_type-lead = Go back and send it again from our page.
problem-unreadable_body = This form could not be read
problem-unreadable_body-lead = Go back and send it again from our page.
problem-invalid = This form could not be read
problem-invalid-lead = Go back and send it again from our page.
problem-other = This page cannot be shown
problem-other-lead = { $number ->
    [none] Go back and try again.
   *[other] Go back and try again, or call { $number }.
 }
