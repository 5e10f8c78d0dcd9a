// Creates an element with properties and children.

export function createElement(tagName, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tagName), properties);
  element.append(...children);
  return element;
}
