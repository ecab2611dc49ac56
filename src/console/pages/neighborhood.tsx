/** Scripts of a page with a {@link Neighborhood}. */
export const NEIGHBORHOOD_SCRIPTS = ['/static/cytoscape.js', '/static/neighborhood.js'];

/** Container of the picture, which a script draws. The lists on the page have the same content. */
export function Neighborhood({ path, title }: { path: string; title: string }) {
  return (
    <section id="neighborhood" hidden>
      <h2>Neighborhood</h2>
      <p id="picture-help" class="muted">
        Click a node to show its neighbors, and click it again to open its page. A dashed node is a cluster of
        several: click it to open it, and again to close it. Drag to move, scroll to zoom. By keyboard, choose
        a node with the arrow keys and press Enter. The lists above have the same content.
      </p>
      <p class="legend" aria-hidden="true">
        <span class="user">user</span> <span class="group">group</span> <span class="app">app</span>{' '}
        <span class="role">admin role</span>
      </p>
      <div
        id="picture"
        class="picture"
        role="group"
        tabindex={0}
        aria-label={`Neighborhood of ${title}`}
        aria-describedby="picture-help"
        data-source={`${path}/neighbors`}
      ></div>
      <p id="picture-note" role="status" class="muted"></p>
      <p class="row">
        <button class="quiet" data-export="svg" hidden>
          Save as SVG
        </button>
        <button class="quiet" data-export="png" hidden>
          Save as PNG
        </button>
      </p>
    </section>
  );
}
