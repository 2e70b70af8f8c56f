/**
 * Makes an element. Text is always text: nothing on this page goes through innerHTML.
 * `class`, `on…` listeners and attributes; false, null and undefined leave an attribute out, true sets it bare.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

export function append(parent, children) {
  for (const child of children.flat(Number.POSITIVE_INFINITY))
    if (child !== undefined && child !== null && child !== false) parent.append(child);
}

/**
 * Brings a list up to date with as little redrawing as possible: what has the same key and looks the same stays, with its focus.
 * @param items `{ key, look, make }`: `look` is text that differs when the thing must be drawn anew
 */
export function sync(parent, items) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const wanted = items.map(({ key, look, make }) => {
    const known = old.get(key);
    old.delete(key);
    if (known && known.look === look) return known;
    const fresh = make();
    fresh.dataset.key = key;
    fresh.look = look;
    if (known) known.replaceWith(fresh);
    return fresh;
  });
  for (const node of old.values()) node.remove();
  for (const [index, node] of wanted.entries())
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
}

export const safeUrl = (url) => (/^(https?:|mailto:|tel:)/i.test(url ?? '') ? url : undefined);

/** A link that opens elsewhere; plain text when the address is none a browser should follow. */
export function link(url, ...children) {
  const href = safeUrl(url);
  if (!href) return h('span', {}, children);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, children);
}
