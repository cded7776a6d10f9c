// SPDX-License-Identifier: MIT
// A contract (/openapi.json) and whether an answer keeps it.
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Published schemas let later versions add members; this version is to have no others than they name. */
function close(schema) {
  if (Array.isArray(schema)) return schema.map(close);
  if (schema === null || typeof schema !== "object") return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  if (closed.type === "object" && closed.properties && closed.additionalProperties === undefined)
    closed.additionalProperties = false;
  return closed;
}

export class Contract {
  static async of(document) {
    const verdict = await new Validator().validate(structuredClone(document));
    if (!verdict.valid) throw new Error(`not OpenAPI: ${JSON.stringify(verdict.errors, null, 2)}`);
    return new Contract(document);
  }

  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
    addFormats(this.ajv);
    const schemas = close(document.components.schemas);
    // The contract's own schema says less than OpenAPI's, which it was held against above.
    schemas.openapi.additionalProperties = true;
    this.ajv.addVocabulary(["components"]);
    this.ajv.addSchema({ $id: "contract", components: { schemas } });
    this.validators = {};
  }

  resolve(object) {
    if (!object?.$ref) return object;
    return object.$ref.slice(2).split("/").reduce((at, key) => at[key], this.document);
  }

  /** Complaints about a value, by the schema of that name; none where it is as that says. */
  complaints(name, value) {
    this.validators[name] ??= this.ajv.compile({ $ref: `contract#/components/schemas/${name}` });
    if (this.validators[name](value)) return [];
    return this.validators[name].errors.map((error) => `${name}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
  }

  /** Complaints about an answer of this status, by what `responses` says of it. */
  check(responses, answer, { head = false } = {}) {
    const response = this.resolve(responses[answer.status]);
    if (!response) return [`status ${answer.status} is not in the contract: ${answer.body.slice(0, 200)}`];
    const complaints = Object.entries(response.headers ?? {}).flatMap(([name, header]) => {
      const { required, schema } = this.resolve(header);
      const value = answer.headers[name.toLowerCase()];
      if (value === undefined) return required ? [`no ${name}`] : [];
      return this.ajv.validate(schema, value) ? [] : [`${name}: ${value}`];
    });
    if (head || answer.status === 304) return complaints;
    if (!response.content) return answer.body ? [...complaints, "a body where there is to be none"] : complaints;
    const type = answer.headers["content-type"];
    // The HTTP library's own pages have none.
    const content = response.content[type ?? "*/*"];
    if (!content) return [...complaints, `Content-Type ${type} is not in the contract`];
    return [...complaints, ...this.checkBody(content.schema, type, answer)];
  }

  checkBody(schema, type, answer) {
    if (!/[/+]json$/.test(type)) return answer.body ? [] : ["an empty body"];
    const value = JSON.parse(answer.body);
    const complaints = this.complaints(schema.$ref.split("/").at(-1), value);
    if (type === "application/problem+json" && value.status !== answer.status) complaints.push("another status within");
    return complaints;
  }
}

/** Every way to take one member out of a document, or to give it another name: [path, mutant]. */
export function* mutants(value, path = "") {
  if (Array.isArray(value)) {
    // One item stands for all.
    for (const [at, mutant] of value.length ? mutants(value[0], `${path}[]`) : []) yield [at, [mutant, ...value.slice(1)]];
  } else if (value && typeof value === "object") {
    for (const [key, member] of Object.entries(value)) {
      const { [key]: gone, ...rest } = value;
      yield [`${path}.${key}`, rest];
      yield [`${path}.${key} renamed`, { ...rest, [`${key}_`]: gone }];
      for (const [at, mutant] of mutants(member, `${path}.${key}`)) yield [at, { ...value, [key]: mutant }];
    }
  }
}
