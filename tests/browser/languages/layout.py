"""Find the parts of the open page whose layout long texts or another direction break."""

from playwright.sync_api import Page

# Text that is cut on purpose: for screen readers alone, by an ellipsis, by a number of lines.
_FAULTS = """() => {
  const root = document.documentElement;
  const faults = [];
  const seen = { opacityProperty: true, visibilityProperty: true };
  const isSeen = element => element.checkVisibility(seen);
  const name = element => [element.localName, ...element.classList].join('.');
  const shown = text => text.trim().replace(/\\s+/g, ' ').slice(0, 40);
  const style = element => getComputedStyle(element);
  const isCutOnPurpose = element => element.closest('.visually-hidden, .skip-link, [hidden], svg')
    || style(element).textOverflow === 'ellipsis' || style(element).webkitLineClamp !== 'none';
  const ancestors = element => {
    const found = [];
    for (let each = element; each && each !== root; each = each.parentElement) found.push(each);
    return found;
  };

  if (root.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${root.scrollWidth}`);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = new Range();
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || !isSeen(element) || element.closest('script, noscript')) continue;
    const chain = ancestors(element);
    if (chain.some(isCutOnPurpose)) continue;
    range.selectNodeContents(node);
    const clip = chain.find(it => style(it).overflowX !== 'visible');
    if (clip && ['auto', 'scroll'].includes(style(clip).overflowX)) continue;
    const control = element.closest('a.button, button, summary, .tag');
    const frames = [clip, control].map(it => it?.getBoundingClientRect());
    frames.push({ left: 0, right: innerWidth });
    const isOut = [...range.getClientRects()].some(box => frames.some(frame =>
      frame && box.width > 1 && (box.left < frame.left - 1.5 || box.right > frame.right + 1.5)));
    if (isOut) faults.push(`cut: ${name(element)} "${shown(node.data)}"`);
  }

  // What lies over the page, such as a menu or a bar, may cover it, but not its own parts.
  const isOver = element => !['static', 'relative'].includes(style(element).position);
  const layer = element => {
    const over = ancestors(element).find(isOver);
    return over && style(over).position !== 'sticky' ? over.parentElement : over;
  };
  const controls = [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter(it => isSeen(it) && !it.closest('.visually-hidden, .skip-link'))
    .filter(it => ancestors(it).every(each => style(each).opacity !== '0'));
  const boxes = controls.map(it => [it, [...it.getClientRects()], layer(it)]);
  boxes.forEach(([one, its, layerOfOne], index) => {
    for (const [other, others, layerOfOther] of boxes.slice(index + 1)) {
      if (layerOfOne !== layerOfOther || one.contains(other) || other.contains(one)) continue;
      const overlap = its.some(a => others.some(b =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 5  // the frame of a text button
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5));
      const names = [one, other].map(it => `${name(it)} "${shown(it.textContent)}"`);
      if (overlap) faults.push(`overlap: ${names.join(' and ')}`);
    }
  });
  return [...new Set(faults)];
}"""


def layout_faults(page: Page) -> list[str]:
    """Return the elements that are cut, overlap or scroll sideways on the page."""
    found: list[str] = page.evaluate(_FAULTS)
    return found
