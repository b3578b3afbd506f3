(() => {
  'use strict';
  const hint = 'Point, tap or use the arrow keys to read values.';
  const all = (root, what) => [...root.querySelectorAll(what)];
  // Raw numbers where there are some; words cannot start a formula.
  const raw = cell => {
    if (cell.dataset.v !== undefined) return cell.dataset.v;
    const text = cell.textContent.trim();
    return '"' + (/^[=+\-@\t\r]/.test(text) ? "'" : '') + text.replace(/"/g, '""') + '"';
  };
  if (navigator.clipboard) for (const details of all(document, 'details:has(table)')) {
    const button = document.createElement('button');
    button.className = 'csv';
    button.type = 'button';
    button.textContent = 'Copy as CSV';
    button.onclick = () => {
      const rows = [...details.querySelector('table').rows];
      const csv = rows.map(row => [...row.cells].map(raw).join(',')).join('\n') + '\n';
      navigator.clipboard.writeText(csv).then(() => { button.textContent = 'Copied'; });
    };
    details.append(button);
  }
  addEventListener('beforeprint', () => {
    for (const details of all(document, 'details:not(.long)')) details.open = true;
  });
  for (const part of all(document, '.part')) {
    const names = JSON.parse(part.dataset.n || '[]');
    const bar = document.createElement('p');
    bar.className = 'togs';
    const toggle = (text, on, act) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = text;
      button.ariaPressed = on;
      button.onclick = () => {
        on = !on;
        button.ariaPressed = on;
        act(on);
      };
      bar.append(button);
    };
    names.forEach((name, i) => toggle(name, true, on => {
      for (const g of all(part, `g[data-s="${i}"]`)) g.classList.toggle('off', !on);
    }));
    if (part.querySelector('.lin')) toggle('Linear axis', false, on =>
      part.classList.toggle('linear', on));
    if (names.length) part.querySelector('figure').before(bar);
    const out = part.querySelector('.read');
    const table = part.querySelector('table');
    if (!out || !table) continue;
    const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent);
    const rows = [...table.tBodies[0].rows];
    out.textContent = hint;
    for (const svg of all(part, 'svg[data-x]')) {
      const [left, right] = svg.dataset.x.split(',').map(Number);
      const most = Number(svg.dataset.u);
      const cursor = svg.querySelector('.cur');
      // Where each row stands, 0 to 1 along the axis.
      const places = rows.map((row, i) => most
        ? -Math.log10(1 - parseFloat(row.cells[0].textContent) / 100) / most
        : (i + 0.5) / rows.length);
      let at = 0;
      const say = () => {
        const [name, ...cells] = rows[at].cells;
        const bold = document.createElement('b');
        bold.textContent = name.textContent;
        out.replaceChildren(bold, ' ' + cells.map((cell, i) =>
          heads[i + 1] + ' ' + cell.textContent).join(' · '));
        cursor.classList.add('on');
        cursor.setAttribute('transform', `translate(${left + (right - left) * places[at]} 0)`);
      };
      const move = event => {
        const box = svg.getBoundingClientRect();
        const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
        const share = (x - left) / (right - left);
        at = places.reduce((best, place, i) =>
          Math.abs(place - share) < Math.abs(places[best] - share) ? i : best, 0);
        say();
      };
      svg.addEventListener('pointermove', move);
      svg.addEventListener('pointerdown', move);
      svg.addEventListener('pointerleave', () => {
        cursor.classList.remove('on');
        out.textContent = hint;
      });
      svg.addEventListener('keydown', event => {
        const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        at = Math.max(0, Math.min(rows.length - 1, at + step));
        say();
      });
    }
  }
})();
