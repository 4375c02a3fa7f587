import { createServer } from "node:http";

import { Basket } from "./basket.js";

createServer((_, response) => response.end(JSON.stringify({ id: "1", total: new Basket().total() }))).listen(8080);
