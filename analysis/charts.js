// Draws every element with a data-chart attribute: the address of a Vega-Lite specification of this site.
// What stands in the element (an image, for readers without JavaScript) stays until the chart is there.

const narrow = window.matchMedia("(max-width: 899px)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function addressOf(element) {
  const address = new URL(element.dataset.chart, document.baseURI);
  address.searchParams.set("layout", narrow.matches ? "phone" : "wide");
  address.searchParams.set("theme", dark.matches ? "dark" : "light");
  return address;
}

function tooltipOf(value, sanitize) {
  const { title, ...figures } = value;
  const rows = Object.entries(figures)
    .filter(([, words]) => words !== "")
    .map(([label, words]) => `<tr><th>${sanitize(label)}</th><td>${sanitize(words)}</td></tr>`);
  return `<h2>${sanitize(title)}</h2><table>${rows.join("")}</table>`;
}

// `ast` and `defaultStyle` keep to a content security policy without unsafe-eval and unsafe-inline.
const options = {
  ast: true,
  actions: false,
  renderer: "svg",
  defaultStyle: false,
  tooltip: { disableDefaultStyle: true, formatTooltip: tooltipOf },
};

async function draw(element) {
  const response = await fetch(addressOf(element), { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status} for ${response.url}`);
  const specification = await response.json();
  await element.kept?.finalize();
  element.kept = await vegaEmbed(element, specification, options);
  element.dataset.drawn = "";
}

function drawAll() {
  for (const element of document.querySelectorAll("[data-chart]")) draw(element).catch(console.error);
}

narrow.addEventListener("change", drawAll);
dark.addEventListener("change", drawAll);
drawAll();
