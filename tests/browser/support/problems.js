/** What must not happen on any page: noticed while a test does other things, and held against it at the end. */

/** Reports from inside the page; it is there before any script of the page. */
const REPORTER = `
  document.addEventListener('securitypolicyviolation', (event) =>
    window.__problem('CSP: ' + event.effectiveDirective + ' blocked ' + event.blockedURI + ' ' + event.sample));
`;

/** Addresses that need no network. */
const LOCAL_SCHEMES = ['data:', 'blob:', 'about:'];

/** Watches a browser context whose pages may talk to `origin` and to nobody else. */
export async function watch(context, origin) {
  const problems = [];
  const note = (problem) => problems.push(problem);
  await context.exposeBinding('__problem', (_source, problem) => note(problem));
  await context.exposeBinding('__xss', (_source, which) => note(`XSS: injected script ${which} ran`));
  await context.addInitScript(REPORTER);
  watchNetwork(context, origin, note);
  context.on('weberror', (error) => note(`script error: ${error.error().message}`));
  context.on('dialog', async (dialog) => {
    note(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  watchConsole(context, note);
  return problems;
}

function watchNetwork(context, origin, note) {
  const leaves = (url) => !LOCAL_SCHEMES.some((scheme) => url.startsWith(scheme)) && new URL(url).origin !== origin;
  context.on('request', (request) => {
    if (leaves(request.url())) note(`request to another host: ${request.method()} ${request.url()}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 500) note(`${response.status()} from ${response.url()}`);
  });
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      const url = socket.url().replace(/^ws/, 'http');
      if (leaves(url)) note(`socket to another host: ${url}`);
    });
  });
}

/** A page that is refused (404, 410, 422) is in the console too; what the page asks for besides itself has to be there. */
function watchConsole(context, note) {
  const documents = new Set();
  context.on('request', (request) => {
    if (request.isNavigationRequest()) documents.add(request.url().split('#')[0]);
  });
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    const isRefusedPage = message.text().startsWith('Failed to load resource') && documents.has(url.split('#')[0]);
    if (!isRefusedPage) note(`console: ${message.text()} (${url})`);
  });
}
