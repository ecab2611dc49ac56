// Draws the neighborhood of a user, a group, an app or an admin role, from left to right: each node's neighbors stand in
// a column right of it. The page's lists have the same content.
'use strict';

{
  const COLUMN = 300;
  const ROW = 34;
  /** Columns of one node's neighbors; more than fit into them make the columns longer. */
  const ROWS = 14;

  /** What each label looks like; console.css has the colors. */
  const SHAPES = {
    User: { color: '--user', shape: 'ellipse', width: 20, height: 20 },
    Group: { color: '--group', shape: 'round-rectangle', width: 26, height: 18 },
    App: { color: '--app', shape: 'hexagon', width: 24, height: 22 },
    AdminRole: { color: '--role', shape: 'diamond', width: 24, height: 24 },
  };

  async function draw(container) {
    // Cytoscape adds a style element, which the page's policy forbids, unless this id exists. console.css has its rule.
    document.querySelector('link[rel=stylesheet]').id = '__________cytoscape_stylesheet';
    const colors = colorsOf([
      '--text',
      '--back',
      '--edge',
      ...Object.values(SHAPES).map(({ color }) => color),
    ]);
    const graph = cytoscape({
      container,
      wheelSensitivity: 0.3,
      minZoom: 0.2,
      maxZoom: 2,
      style: [
        {
          selector: 'node',
          style: {
            label: 'data(name)',
            color: colors['--text'],
            'font-size': 14,
            'font-family': 'system-ui, sans-serif',
            'text-wrap': 'ellipsis',
            'text-max-width': COLUMN - 70,
            'text-valign': 'center',
            'text-halign': 'right',
            'text-margin-x': 6,
            'text-outline-color': colors['--back'],
            'text-outline-width': 3,
          },
        },
        ...Object.entries(SHAPES).map(([label, { color, ...shape }]) => ({
          selector: `node[label = "${label}"]`,
          style: { 'background-color': colors[color], ...shape },
        })),
        {
          selector: 'node[!path]',
          style: {
            'background-opacity': 0.25,
            'border-width': 2,
            'border-style': 'dashed',
            'border-color': colors['--text'],
          },
        },
        { selector: 'node.expanded', style: { 'border-width': 3, 'border-color': colors['--text'] } },
        {
          selector: 'node.chosen',
          style: { 'underlay-color': colors['--edge'], 'underlay-opacity': 0.4, 'underlay-padding': 7 },
        },
        {
          selector: 'edge',
          style: { width: 1, 'line-color': colors['--edge'], 'curve-style': 'bezier', opacity: 0.6 },
        },
        { selector: '.aside', style: { opacity: 0.2 } },
      ],
    });
    const walk = (node) => {
      if (!node.hasClass('expanded'))
        return expand(graph, node.data('source')).catch((error) => showNote(error.message));
      const path = node.data('path');
      return path === undefined ? close(graph, node) : location.assign(path);
    };
    graph.on('tap', 'node', ({ target }) => walk(target));
    graph.on('mouseover', 'node', ({ target }) => {
      graph.elements().not(target.closedNeighborhood()).addClass('aside');
    });
    graph.on('mouseout', 'node', () => graph.elements().removeClass('aside'));
    container.addEventListener('keydown', (event) => byKey(graph, event, walk));
    for (const button of document.querySelectorAll('#neighborhood button[data-export]')) {
      button.hidden = false;
      button.addEventListener('click', () => save(graph, button.dataset.export, colors));
    }
    await expand(graph, container.dataset.source);
  }

  /** Adds a node's neighbors right of it, in order, below what stands there. Existing nodes stay where they are. */
  async function expand(graph, source) {
    const answer = await fetch(source);
    if (!answer.ok) throw new Error('The neighbors could not be loaded. Reload the page.');
    const { center, neighbors, note } = await answer.json();
    if (graph.getElementById(center.key).empty()) add(graph, center, { x: 0, y: 0 });
    const node = graph.getElementById(center.key);
    const { x, y } = node.position();
    const fresh = neighbors.filter(({ key }) => graph.getElementById(key).empty());
    const rows = Math.max(ROWS, Math.ceil(fresh.length / 3));
    const columns = Math.ceil(fresh.length / rows);
    const used = graph
      .nodes()
      .filter((each) => each.position().x > x && each.position().x <= x + columns * COLUMN)
      .map((each) => each.position().y);
    const centered = y - ((Math.min(rows, fresh.length) - 1) / 2) * ROW;
    const top = used.length === 0 ? centered : Math.max(...used) + 1.5 * ROW;
    fresh.forEach((each, i) =>
      add(graph, center.path === undefined ? { ...each, in: center.key } : each, {
        x: x + COLUMN * (1 + Math.floor(i / rows)),
        y: top + (i % rows) * ROW,
      }),
    );
    for (const each of neighbors) {
      const id = [center.key, each.key].sort().join(' ');
      if (graph.getElementById(id).empty())
        graph.add({ group: 'edges', data: { id, source: center.key, target: each.key } });
    }
    node.addClass('expanded');
    choose(graph, node);
    graph.fit(undefined, 24);
    // Labels stand right of their nodes; of the last column they would be cut.
    if (graph.zoom() > 1.2) graph.zoom(1.2);
    graph.center();
    showNote(`${center.name}: ${note}`);
  }

  /** Takes the members of a cluster back into it, except those whose neighbors are shown. */
  function close(graph, cluster) {
    cluster.removeClass('expanded');
    graph.remove(
      graph.nodes().filter((each) => each.data('in') === cluster.id() && !each.hasClass('expanded')),
    );
    showNote(`${cluster.data('name')}, closed`);
  }

  function add(graph, data, position) {
    graph.add({ group: 'nodes', data: { id: data.key, ...data }, position });
  }

  function choose(graph, node) {
    graph.nodes('.chosen').removeClass('chosen');
    node.addClass('chosen');
  }

  const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /** Arrow keys choose the nearest node in their direction; Enter does what a click does. */
  function byKey(graph, event, walk) {
    const chosen = graph.nodes('.chosen');
    if (event.key === 'Enter' && chosen.nonempty()) {
      event.preventDefault();
      walk(chosen);
    }
    const direction = DIRECTIONS[event.key];
    if (!direction || chosen.empty()) return;
    event.preventDefault();
    const from = chosen.position();
    const distance = (node) => {
      const [dx, dy] = [node.position().x - from.x, node.position().y - from.y];
      const ahead = dx * direction[0] + dy * direction[1];
      const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
      return ahead > 1 ? ahead + 2 * aside : Infinity;
    };
    const next = graph.nodes().min(distance);
    if (next.value === Infinity || next.value === undefined) return;
    choose(graph, next.ele);
    const { name, label, path } = next.ele.data();
    const noun = label === 'AdminRole' ? 'admin role' : label.toLowerCase();
    showNote(path === undefined ? `${name}, ${noun}s; press Enter to open` : `${name}, ${noun}`);
  }

  /** Resolves custom properties, which may use light-dark(), to colors. */
  function colorsOf(names) {
    const probe = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    document.body.append(probe);
    const found = names.map((name) => {
      probe.setAttribute('color', `var(${name})`);
      return [name, getComputedStyle(probe).color];
    });
    probe.remove();
    return Object.fromEntries(found);
  }

  function save(graph, format, colors) {
    const blob =
      format === 'png'
        ? graph.png({ full: true, scale: 2, bg: colors['--back'], output: 'blob' })
        : new Blob([svgOf(graph, colors)], { type: 'image/svg+xml' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `neighborhood.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function svgOf(graph, colors) {
    const { x1, y1, w, h } = graph.elements().boundingBox();
    const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
    const lines = graph.edges().map((edge) => {
      const [a, b] = [edge.source().position(), edge.target().position()];
      return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}" stroke="${colors['--edge']}"/>`;
    });
    const nodes = graph.nodes().map((node) => {
      const { x, y } = node.position();
      const { color, width, height } = SHAPES[node.data('label')];
      const round = node.data('label') === 'User' ? width / 2 : 4;
      return (
        `<rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="${round}" fill="${colors[color]}"/>` +
        `<text x="${x + width / 2 + 6}" y="${y + 5}" fill="${colors['--text']}">${escaped(node.data('name'))}</text>`
      );
    });
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x1 - 20} ${y1 - 20} ${w + 40} ${h + 40}" font-family="system-ui, sans-serif" font-size="14">` +
      `<rect x="${x1 - 20}" y="${y1 - 20}" width="${w + 40}" height="${h + 40}" fill="${colors['--back']}"/>${lines.join('')}${nodes.join('')}</svg>`
    );
  }

  function showNote(text) {
    document.getElementById('picture-note').textContent = text;
  }

  const picture = document.getElementById('picture');
  if (picture) {
    document.getElementById('neighborhood').hidden = false;
    draw(picture).catch((error) => showNote(`The picture could not be drawn. ${error.message}`));
  }
}
