# The words of the staff's pages, which are in English.

skip = Skip to the content
demonstration = Demonstration: these clinics are invented.

sign-in = Sign in
sign-in-lead = For the staff of { $network }.
sign-out = Sign out
is-set = Your password is set. Sign in with it.
ended = Signed out for safety. Sign in to go on.
email = E-mail
password = Password
forgotten = Forgotten? An admin gives you a link to set another one.

set-up = Set up the first admin
set-up-lead = This account may do everything and makes all the others.
set-up-do = Make this account
choose-password = Set your password
choose-password-do = Set the password
new-password = New password
password-hint = 12 to 128 characters. A few unrelated words are good.

account = Your account
account-rights = You
account-role = Role
account-scope = Clinics
role-clinic = Clinic
role-agent = Agent
role-editor = Editor
role-admin = Admin
change-password = Change the password
change-password-lead = { $places ->
    [one] This also signs you out at 1 other place.
   *[other] This also signs you out at { $places } other places.
 }
current-password = Current password
sessions = Where you are signed in
sessions-here = Only here.
sessions-elsewhere = { $places ->
    [one] Here and at 1 other place.
   *[other] Here and at { $places } other places.
 }
end-sessions = Sign out everywhere else

error-one-missing = One thing is missing
error-summary = { $n ->
    [one] One thing needs a look
   *[other] { $n } things need a look
 }
error-email-required = Give your e-mail address
error-password-required = Give your password
error-current-required = Give your current password
error-email_no_at = This e-mail address has no @
error-email_invalid = This is not an e-mail address such as ana@example.com
error-too_short = At least { $min } characters are needed; a few words are fine
error-too_long = At most { $max } characters are possible
error-too_common = Others would try this among the first. A few unrelated words are better.
error-repeated_parameter = This was sent twice. Type it once more.
error-unknown_parameter = The form sent something that does not belong to it. Open the page again.
error-other = This cannot be right. Look at it once more.

refused-wrong_password = The e-mail or the password is wrong
refused-wrong_current = The current password is wrong
refused-blocked = Too many failed attempts. Try again in { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
 }.
refused-busy = Many people sign in at this moment. Try again in a few seconds.
refused-email_taken = There is a user with this e-mail already. Sign in, or take another address.
refused-payload_too_large = That was more than this form takes. Make it shorter and send it again.
refused-unreadable = What was sent could not be read. Fill the form in once more.

problem-not_found = There is no such page
problem-not_found-lead = Check the address.
problem-link_gone = This link does not work any more
problem-link_gone-lead = It was used, replaced, or is older than a day. Ask an admin for another one.
problem-setup_gone = This link does not work any more
problem-setup_gone-lead = Ask an admin to add you. Whoever runs the service makes an admin by clinic-directory user add --role admin; while there is none, clinic-directory check shows the link that works.
problem-https_needed = Signing in needs HTTPS
problem-https_needed-lead = Browsers keep no session over plain HTTP. Put a proxy with TLS in front that sends “X-Forwarded-Proto: https”, and name its address in --trusted-proxies. On the machine itself, http://localhost works.
problem-unauthorized = Sign in first
problem-unauthorized-lead = Your session has ended, or there was none.
problem-forbidden = Your role does not reach this far
problem-forbidden-lead = Ask an admin.
problem-cross_site = This form was not sent from our pages
problem-cross_site-lead = Open the page again and send it from there.
problem-method_not_allowed = This address takes no such request
problem-method_not_allowed-lead = Go back to the page before.
problem-too_many_requests = You are quick
problem-too_many_requests-lead = Please wait { $seconds } seconds.
problem-unavailable = This cannot be done for a moment
problem-unavailable-lead = The database is away. Try again in a few seconds.
problem-internal = Something broke on our side
problem-internal-lead = Nothing you did. Try again; if it stays, the log of the service has the cause.
problem-payload_too_large = That was more than this form takes
problem-payload_too_large-lead = Go back: your browser still has what you typed. Make it shorter and send it again.
problem-unsupported_media_type = This form could not be read
problem-unsupported_media_type-lead = Go back and send it again from our page.
problem-unreadable_body = This form could not be read
problem-unreadable_body-lead = Go back and send it again from our page.
problem-invalid = This address is not complete
problem-invalid-lead = Open the page again from where you came.
problem-other = This page cannot be shown
problem-other-lead = Go back and try again.
