// SPDX-License-Identifier: MIT
// Worked out in the page: the contrast (WCAG 2.2, 1.4.3) of every text that is shown with what is behind it.
(() => {
  const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
  const channel = (v) => { const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const luminance = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.a === 1) return colour;
      if (colour.a > 0) throw new Error(`half transparent: ${at.tagName}.${at.className}`);
    }
    return { r: 255, g: 255, b: 255 };
  };
  const worst = { ratio: 99, count: 0 };
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility() || ![...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(element);
    if (Number(style.opacity) !== 1) throw new Error(`opacity: ${element.tagName}.${element.className}`);
    const [a, b] = [luminance(parse(style.color)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    worst.count++;
    if (ratio < worst.ratio) Object.assign(worst, { ratio, what: `${element.tagName}.${element.className} "${element.textContent.slice(0, 30)}"` });
  }
  return worst;
})()
