// Asks an endpoint with Comunica: node ask.mjs ENDPOINT, with the queries as a JSON list on standard input;
// prints one JSON list for each: of solutions, of quads, or of one boolean.
import { readFileSync } from 'node:fs';
import { QueryEngine } from '@comunica/query-sparql';

const [endpoint] = process.argv.slice(2);
const sources = [{ type: 'sparql', value: endpoint }];
const engine = new QueryEngine();

for (const query of JSON.parse(readFileSync(0, 'utf8'))) {
  const found = await engine.query(query, { sources });
  const answer = await found.execute();
  let rows;
  if (found.resultType === 'boolean') {
    rows = [answer];
  } else if (found.resultType === 'bindings') {
    rows = await answer.map(row => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))).toArray();
  } else {
    rows = await answer.map(quad => [quad.subject.value, quad.predicate.value, quad.object.value]).toArray();
  }
  console.log(JSON.stringify(rows));
}
