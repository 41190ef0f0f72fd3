# Las palabras de las páginas para visitantes en español.

skip = Saltar al contenido
other-language = English
demonstration = Demostración: estas clínicas son inventadas.
questions = ¿Preguntas? Llame al
privacy = Privacidad
terms = Condiciones
navigation = Páginas
find-clinic = Buscar clínica
all-states = Todos los estados
staff-sign-in = Acceso del personal
rather-talk = ¿Prefiere hablar con alguien?
credits = Datos de lugares © GeoNames, CC BY 4.0, modificados. Contornos de los estados: U.S. Census Bureau.
breadcrumbs = Usted está aquí
all-locations = Todas las clínicas

search-label = Código postal, ciudad o estado
search = Buscar
near-me = Usar mi ubicación
locate-busy = Buscando su ubicación…
locate-denied = Su navegador no compartió su ubicación. Escriba un código postal o una ciudad. No se envió nada.
locate-unavailable = No pudimos encontrar su ubicación. Escriba un código postal o una ciudad.
suggest-none = Ningún lugar coincide
suggest-count = Lugares: {"{n}"}
spanish-spoken = Se habla español
spanish-only = Solo donde se habla español
offers = ¿Quiso decir?
more-places = Más lugares con este nombre
search-refused = No se puede responder a esta búsqueda: { $reason }

locations-heading = Encuentre una clínica
locations-description = Consultas gratis en { $clinics ->
    [one] una clínica
   *[other] { $clinics } clínicas
 } de { $states ->
    [one] un estado
   *[other] { $states } estados
 }: encuentre la más cercana, vea la primera hora disponible, reserve o llame.
locations-lead = { $clinics ->
    [one] Una clínica
   *[other] { $clinics } clínicas
 } en { $states ->
    [one] un estado
   *[other] { $states } estados
 }. La primera consulta siempre es gratis.
states-heading = Clínicas por estado
clinic-count = { $clinics ->
    [0] ninguna clínica abierta
    [one] 1 clínica
   *[other] { $clinics } clínicas
 }

results-heading = Clínicas cerca de { $place }
results-description = Las clínicas más cercanas y sus próximas consultas disponibles.
your-location = su ubicación
results-count = { $clinics ->
    [one] 1 clínica
   *[other] { $clinics } clínicas
 } a menos de { $radius } millas.
straight-line = Las distancias son en línea recta; el viaje es más largo.
corrected = Resultados para { $place }
expanded-to = No hay ninguna clínica a menos de { $asked } millas de { $place }. Estas están a menos de { $used } millas.
expanded-anywhere = No hay ninguna clínica a menos de { $asked } millas de { $place }. Estas son las más cercanas.
sort = Ordenar por
sort-nearest = La más cercana
sort-soonest = Primera hora disponible
sort-same = la misma clínica
sort-no-time = sin horas
excluded-heading = Más cerca, pero sin reserva por ahora
nothing-found = Ninguna clínica coincide. Quite un filtro o llámenos.
today = hoy
tomorrow = mañana
on-day = el { $day }
miles = { $miles } mi
about-miles = a unas { $miles }{"\u00A0"}mi
under-a-tenth-mile = a menos de 0.1{"\u00A0"}mi

state-heading = Consultas gratis en { $state }
state-description = { $clinics ->
    [one] Una clínica
   *[other] { $clinics } clínicas
 } en { $cities ->
    [one] una ciudad
   *[other] { $cities } ciudades
 } de { $state }: direcciones, horarios, horas disponibles y teléfonos. La primera consulta es gratuita.
state-lead = { $clinics ->
    [one] Una clínica
   *[other] { $clinics } clínicas
 } en { $cities ->
    [one] una ciudad
   *[other] { $cities } ciudades
 } de { $state }.
cities-heading = Ciudades
clinics-heading = Clínicas, primero la hora disponible más temprana
more-in-cities = Hay más clínicas en las páginas de sus ciudades.
soonest-is = La primera hora disponible es { $time }, en { $clinic }.

city-heading = Consultas gratis en { $city }
city-description = { $clinics ->
    [one] Una clínica
   *[other] { $clinics } clínicas
 } en { $city }: dirección, horario, teléfono y horas disponibles. La primera consulta es gratuita. Reserve en línea o llame.
city-lead = { $clinics ->
    [one] Una clínica
   *[other] { $clinics } clínicas
 } en { $city }. La primera consulta es gratis.
nearby-heading = Cerca de aquí

clinic-heading = { $clinic }: consulta gratis en { $city }
clinic-description = { $clinic }, { $address }. Horario, cómo llegar, teléfono y consultas gratis para reservar.
offer = { $minutes } minutos, sin costo.
free-consultation = Consulta gratis
free-times = Consultas gratuitas
no-free-times = Sin horas disponibles en { $days ->
    [one] el próximo día
   *[other] los próximos { $days } días
 }. Llame para preguntar.
next-free = Próxima consulta disponible
book = Reservar una consulta gratis
book-this = Reservar esta hora
other-times = Otras horas
slot-name = { $time }, { $clinic }
call = Llamar
directions = Cómo llegar
website = Sitio web
email = Correo electrónico
address = Dirección
main-phone = Número principal
hours = Horario
hours-in-zone = Hora de { $city } ({ $zone }).
special-hours = Días especiales
closed = Cerrado
all-day = Abierto todo el día
today-mark = hoy
services = Servicios
languages = Idiomas
accessibility = Accesibilidad
getting-here = Cómo encontrarnos
pin-about = La posición en el mapa es la del código postal.
no-consultations = Esta clínica no da consultas
language-en = inglés
language-es = español
language-pt = portugués
language-fr = francés
language-vi = vietnamita
language-zh = chino
language-ko = coreano
language-tl = tagalo
language-ru = ruso
language-ar = árabe
language-ht = criollo haitiano
language-pl = polaco

open-until = Abierto hasta { $time }
open-until-day = Abierto hasta { $day } a { $time }
open-always = Abierto las 24 horas
closed-until = Cerrado, abre { $day } a { $time }
closed-for-now = Hoy cerrado
hours-unknown = Horario no indicado, llame por favor
closed-until-date = Cerrada hasta el { $date }
temporarily-closed = Cerrado temporalmente
opens-on-date = Abre el { $date }
coming-soon = Abre pronto
closed-since-date = Cerrado definitivamente el { $date }
closed-for-good = Cerrado definitivamente
fully-booked = Sin horas disponibles
left-out-by-filter = No pasa su filtro

no-state-heading = Aquí todavía no hay clínicas
no-state-lead = No hay página para este estado. Tenemos clínicas en estos:
no-city-heading = Aquí todavía no hay clínicas
no-city-lead = Esa página no existe en { $state }. Tenemos clínicas en estas ciudades:
gone-heading = { $clinic } ha cerrado
gone-lead = { $clinic } ha cerrado definitivamente. Estas clínicas son las más cercanas.

place-required = Escriba un código postal, una ciudad o un estado.
place-too-long = Es demasiado largo para un lugar. Escriba un código postal, o una ciudad con su estado.
place-characters = Un lugar se escribe con letras, cifras y puntuación corriente.
coordinates = Las coordenadas son latitud y longitud, como 30.2672, -97.7431.
off-the-globe = Estas coordenadas no existen.
zip-format = Un código postal tiene cinco cifras.
zip-format-meant = Un código postal tiene cinco cifras. ¿Quiso decir { $zip }?
zip-military = El correo militar no tiene lugar en el mapa. Indique la base o una ciudad.
zip-unknown = No conocemos este código postal. Pruebe con la ciudad.
place-unknown = Ese lugar no existe. Revise la ortografía, o escriba un código postal.

map = Mapa
map-skip = Saltar el mapa
map-search-area = Buscar en esta zona
map-open = Abrir el mapa
map-count = { "{n}" } clínicas
map-of-clinic = { $clinic } en { $state }
close = Cerrar
zoom-in = Acercar
zoom-out = Alejar

book-times-heading = Elija una hora en { $clinic }
book-you-hold = Usted tiene reservada por unos minutos
book-go-on = Continuar
book-in-time = En la misma clínica
book-in-place = En otras clínicas
book-none-in-week = No hay horas disponibles en esta semana.
book-earlier = Fechas anteriores
book-later = Fechas posteriores
book-details-heading = ¿Quién viene?
book-full = Tiene los { $minutes } minutos completos.
book-held-until = La guardamos para usted hasta { $time }
book-countdown = La guardamos para usted { "{time}" } más
book-countdown-warn = Quedan { "{time}" } para reservar esta hora
book-another-time = Elegir otra hora
book-name = Su nombre
book-phone = Teléfono
book-reach = Basta un número de teléfono o un correo electrónico.
book-email = Correo electrónico
book-contact-by = ¿Cómo podemos comunicarnos con usted?
book-by-phone = Llamada
book-by-text = Mensaje de texto
book-by-email = Correo electrónico
book-by-any = Sin preferencia
book-note = ¿Algo que debamos saber? (opcional)
book-note-hint = Por ejemplo, que necesita una rampa. Por favor, ningún dato médico.
book-privacy = Al reservar acepta que guardemos estos datos para hacer y administrar su visita.
book-confirm = Reservar esta consulta gratis
book-extend = Necesito 5 minutos más
book-release = Devolver la hora
book-again = Tomar esta hora otra vez y reservarla

visit-times-heading = Elija otra hora en { $clinic }
visit-keep = Volver a su visita: queda como está hasta que elija
visit-is-confirmed = Su consulta gratis está reservada
visit-is-needs_rebooking = Su consulta necesita otra hora
visit-is-cancelled = Su consulta está cancelada
visit-is-arrived = Su consulta
visit-is-completed = Su consulta
visit-is-no_show = Su consulta
visit-needs-rebooking = La clínica no puede mantener esta hora. Elija otra aquí, o espere nuestra llamada.
visit-reference = Referencia
visit-when = Cuándo
visit-where = Dónde
visit-who = Quién
visit-no-message = Todavía no enviamos mensajes: anote la referencia o guarde esta página. Quien tenga su dirección puede cambiar la visita.
visit-calendar = Añadir a su calendario
visit-move = Elegir otra hora
visit-book-again = Reservar una nueva consulta
visit-cancel = Cancelar la visita
visit-cancel-sure = La hora quedará disponible para otras personas.
visit-cancel-yes = Sí, cancelarla

refused-slot_taken = Otra persona acaba de tomar esa hora. Estas están disponibles ahora:
refused-held-until = Alguien está reservando esta hora. Quizá vuelva a estar disponible a { $time }. Estas están disponibles ahora:
refused-past = Esta hora ya pasó. Elija otra.
refused-horizon = Está más lejos de lo que se puede reservar. Elija otra hora.
refused-clinic_not_open = La clínica no abre en esta fecha. Elija otra hora u otra clínica.
refused-hours_unknown = No se conoce el horario de esta clínica. Por favor llame.
refused-special_hours = La clínica tiene otro horario en esta fecha. Elija otra hora.
refused-hours = La clínica no está abierta el tiempo necesario a esta hora. Elija otra.
refused-off_grid = Las consultas no empiezan a esta hora. Elija una de estas.
refused-notice = Es demasiado pronto para reservar en línea. Elija una hora más tarde, o llame.
refused-booked = Esta hora está ocupada. Elija otra.
refused-held = Alguien está reservando esta hora. Elija otra.
refused-no_consultations = Esta clínica no ofrece consultas. Elija otra clínica.
refused-hold_unknown = Aquí ya no hay ninguna hora guardada para usted. Elija una, y permita las cookies de este sitio.
refused-hold_expired = La hora estaba guardada para usted, y ese tiempo terminó. Lo que escribió sigue aquí.
refused-hold_released = Usted devolvió esta hora, o eligió otra. Elija de nuevo.
refused-too_many_extensions = Esta hora no se puede guardar más tiempo. Por favor resérvela ahora.
refused-already_confirmed = Esto ya está reservado.
refused-already_cancelled = Esta visita ya está cancelada.
refused-too_late = Esta visita ya no se puede cambiar aquí. Por favor llame a la clínica.
refused-wording_unknown = El texto sobre sus datos ha cambiado. Por favor léalo otra vez y luego reserve.
refused-payload_too_large = Es más de lo que cabe en este formulario. Acórtelo y envíelo de nuevo.
refused-unreadable = No se pudo leer lo que se envió. Llene el formulario una vez más.
refused-other-time = Mientras tanto eligió otra hora: es la que ve abajo. Revísela y luego reserve.

error-one-missing = Falta una cosa
error-summary = { $n ->
    [one] Revise una cosa
   *[other] Revise { $n } cosas
 }
error-other = Esto no puede ser correcto. Revíselo, por favor.
error-repeated_parameter = Esto se envió dos veces. Escríbalo una vez más.
error-unknown_parameter = El formulario envió algo que no le pertenece. Abra la página de nuevo.
error-required = Complete este campo
error-name-required = Escriba su nombre
error-privacy-required = Marque esta casilla para que podamos reservar
error-contact_required = Escriba un teléfono o un correo electrónico
error-way_required = Complete este campo o elija otra forma de contacto
error-phone-way_required = Escriba un teléfono o elija correo electrónico
error-email-way_required = Escriba un correo electrónico o elija otra forma de contacto
error-too_long = Aquí caben { $max } caracteres
error-name-too_long = El nombre puede tener { $max } caracteres
error-note-too_long = La nota puede tener { $max } caracteres
error-too_many = Aquí caben { $max }
error-hidden = Quite los caracteres que no se ven
error-phone_digits = Este teléfono tiene { $n ->
    [one] 1 cifra
   *[other] { $n } cifras
 }; hacen falta diez
error-phone_invalid = Esto no es un teléfono como (512) 555-0134
error-email_no_at = A este correo le falta la @
error-email_invalid = Esto no es un correo electrónico como ana@example.com
error-unknown_choice = Elija una de estas opciones

problem-not_found = Esta página no existe
problem-not_found-lead = Revise la dirección o busque una clínica aquí.
problem-clinic_unknown = Esa clínica no existe
problem-clinic_unknown-lead = Busque una cerca de usted.
problem-booking_unknown = Este enlace no funciona
problem-booking_unknown-lead = { $number ->
    [none] Revise que esté completo.
   *[other] Revise que esté completo o llame al { $number }.
 }
problem-too_many_requests = Va muy rápido
problem-too_many_requests-lead = Espere { $seconds } segundos, por favor.
problem-unavailable = No se puede reservar por un momento
problem-unavailable-lead = { $number ->
    [none] Inténtelo de nuevo en un momento, por favor.
   *[other] Por teléfono sí: { $number }.
 }
problem-internal = Algo falló de nuestro lado, no del suyo
problem-internal-lead = { $number ->
    [none] Intente de nuevo en un momento.
   *[other] Intente de nuevo o llame al { $number }.
 }
problem-cross_site = Este formulario no se envió desde nuestras páginas
problem-cross_site-lead = Abra la página de la clínica y elija una hora allí.
problem-method_not_allowed = Esta dirección no acepta esa solicitud
problem-method_not_allowed-lead = Vuelva a la página anterior o busque una clínica aquí.
problem-payload_too_large = Es más de lo que cabe en este formulario
problem-payload_too_large-lead = Vuelva atrás: su navegador conserva lo que escribió. Acórtelo y envíelo de nuevo.
problem-unsupported_media_type = No se pudo leer este formulario
problem-unsupported_media_type-lead = Vuelva atrás y envíelo de nuevo desde nuestra página.
problem-unreadable_body = No se pudo leer este formulario
problem-unreadable_body-lead = Vuelva atrás y envíelo de nuevo desde nuestra página.
problem-invalid = No se pudo leer este formulario
problem-invalid-lead = Vuelva atrás y envíelo de nuevo desde nuestra página.
problem-other = Esta página no se puede mostrar
problem-other-lead = { $number ->
    [none] Vuelva atrás e inténtelo de nuevo.
   *[other] Vuelva atrás e inténtelo de nuevo, o llame al { $number }.
 }
