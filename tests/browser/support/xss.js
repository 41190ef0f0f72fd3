/** Text that becomes a script where a page forgets that it is text. Each calls `__xss` with its number; `problems.js` listens. */

/** `RUN` becomes the call. */
const CORPUS = [
  '<script>RUN</script>',
  '</title><script>RUN</script>',
  '</textarea><script>RUN</script>',
  '</style><script>RUN</script>',
  '</script><script>RUN</script>',
  '--><script>RUN</script><!--',
  ']]><script>RUN</script>',
  '<ScRiPt>RUN</sCrIpT>',
  '<scr<script>ipt>RUN</scr</script>ipt>',
  '<img src=x onerror=RUN>',
  '<img src="x" onerror="RUN">',
  '<img/src=x/onerror=RUN//',
  '"><img src=x onerror=RUN>',
  "'><img src=x onerror=RUN>",
  '`><img src=x onerror=RUN>',
  '<svg onload=RUN>',
  '<svg><script>RUN</script></svg>',
  '<svg><animate onbegin=RUN attributeName=x dur=1s>',
  '<svg><a xlink:href="javascript:RUN"><text y=20>x</text></a></svg>',
  '<math><mtext></mtext><img src=x onerror=RUN></math>',
  '<iframe srcdoc="<script>parent.RUN</script>"></iframe>',
  '<iframe src="javascript:parent.RUN"></iframe>',
  '<object data="javascript:RUN"></object>',
  '<embed src="javascript:RUN">',
  '<details open ontoggle=RUN>x</details>',
  '<input autofocus onfocus=RUN>',
  '" autofocus onfocus="RUN',
  "' autofocus onfocus='RUN",
  ' autofocus onfocus=RUN x=',
  '" onpointerover="RUN" style="position:fixed;inset:0" x="',
  '<body onpageshow=RUN>',
  '<video><source onerror=RUN></video>',
  '<audio src=x onerror=RUN>',
  '<link rel=stylesheet href=x onerror=RUN>',
  '<meta http-equiv=refresh content="0;url=javascript:RUN">',
  '<base href="javascript:RUN//">',
  '<form action="javascript:RUN"><button autofocus>x</button></form>',
  'javascript:RUN',
  ' java\tscript:RUN',
  'JaVaScRiPt:RUN//http://127.0.0.1/',
  'data:text/html,<script>RUN</script>',
  '//evil.example/%0d%0aSet-Cookie:x=1',
  '\\";RUN;//',
  "\\';RUN;//",
  "';RUN;'",
  '";RUN;"',
  '{{constructor.constructor("RUN")()}}',
  '${RUN}',
  '<%= RUN %>',
  '&lt;script&gt;RUN&lt;/script&gt;',
  '&#60;img src=x onerror=RUN&#62;',
  '\u003cimg src=x onerror=RUN\u003e',
  '%3Cscript%3ERUN%3C/script%3E',
  '\u202e<img src=x onerror=RUN>\u202c',
  '<noscript><p title="</noscript><img src=x onerror=RUN>">',
  '<template><script>RUN</script></template><img src=x onerror=RUN>',
];

/** The corpus, each string with a number of its own. */
export const XSS = CORPUS.map((text, number) => text.replaceAll('RUN', `__xss(${number})`));

/** Time for what runs a moment later: an image that is missing, an animation, a refresh. */
const MOMENT_MS = 30;

/**
 * Pushes the corpus through addresses: `address(text)` is a path with the text in it. No script runs (the visit's problems tell),
 * and each answer is a page, or a refusal, but no failure.
 *
 * @param {import('./site.js').Visit} visit
 * @param {(encoded: string) => string} address
 */
export async function pushThroughAddress(visit, address) {
  for (const text of XSS) {
    const path = address(encodeURIComponent(text));
    const response = await visit.page.goto(visit.server.url + path);
    if (response.status() >= 500) visit.problems.push(`${response.status()} for ${path}`);
    await look(visit, text);
  }
}

/**
 * Types the corpus into the fields of a form and sends it; `form` shows the form afresh each time.
 *
 * @param {import('./site.js').Visit} visit
 * @param {(visit: import('./site.js').Visit) => Promise<void>} form
 * @param {string[]} fields selectors of the fields, all filled alike
 */
export async function pushThroughForm(visit, form, fields) {
  for (const text of XSS) {
    await form(visit);
    for (const field of fields) await setField(visit.page, field, text);
    await Promise.all([visit.page.waitForEvent('load'), visit.page.locator(fields[0]).evaluate((field) => field.form.submit())]);
    await look(visit, text);
  }
}

/** Past the browser's own checks: what is sent is what an attacker sends. */
async function setField(page, selector, text) {
  await page.locator(selector).evaluate((field, value) => {
    if (field.type === 'email') field.type = 'text';
    field.value = value;
  }, text);
}

/** Waits a moment, hovers, and sees to it that the problem names the text. */
async function look(visit, text) {
  const before = visit.problems.length;
  await visit.page.mouse.move(200, 200);
  await visit.page.waitForTimeout(MOMENT_MS);
  visit.problems.slice(before).forEach((problem, index) => (visit.problems[before + index] = `${problem} (with ${text})`));
}
