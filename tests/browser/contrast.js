// Ask axe-core for the contrast of text that looks like no text it has answered for yet; return what it said.
// Colours follow from the chain of tags, classes and states up to the page. `known` holds the chains it answered for.
async known => {
  const answered = new Set(known);
  const state = /^(aria-(current|selected|disabled|invalid|expanded|sort|pressed)|data-.*|type|role|open|disabled|checked)$/;

  const look = element => [
    element.tagName,
    element.getAttribute("class"),
    ...[...element.attributes].filter(each => state.test(each.name)).map(each => `${each.name}=${each.value}`),
    ...[":any-link", ":first-child", ":last-child", ":has(:checked)"].filter(each => element.matches(each)),
  ].join(" ");

  const digest = words => { // 53 bits: short, because every page is told all that are known
    let [one, two] = [0xdeadbeef, 0x41c6ce57];
    for (const each of words) {
      one = Math.imul(one ^ each.codePointAt(0), 2654435761);
      two = Math.imul(two ^ each.codePointAt(0), 1597334677);
    }
    return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36);
  };

  const chains = new Map();
  const chain = element => {
    if (!element) return "";
    if (!chains.has(element)) chains.set(element, digest(`${chain(element.parentElement)} > ${look(element)}`));
    return chains.get(element);
  };

  const speaks = element => element.matches("input, select, textarea")
    || [...element.childNodes].some(each => each.nodeType === Node.TEXT_NODE && each.data.trim());

  const alike = new Map(); // three of a kind: one may be covered by something, and then axe-core does not answer
  for (const element of document.body.querySelectorAll("*")) {
    if (!speaks(element) || !element.checkVisibility() || answered.has(chain(element))) continue;
    const found = alike.get(chain(element)) ?? [];
    if (found.length < 3) alike.set(chain(element), [...found, element]);
  }
  if (!alike.size) return { violations: [], answered: [] };

  const options = { runOnly: ["color-contrast"], resultTypes: ["passes", "violations"], preload: false, elementRef: true };
  const { passes, violations } = await axe.run({ include: [...alike.values()].flat() }, options);
  const sure = [...passes, ...violations].flatMap(each => each.nodes).map(node => chain(node.element));
  const plain = node => ({ target: node.target, html: node.html, any: node.any, all: node.all });
  return {
    violations: violations.map(each => ({ id: each.id, impact: each.impact, nodes: each.nodes.map(plain) })),
    answered: [...new Set(sure)],
  };
}
