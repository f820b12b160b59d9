// Made from protos/rpc/status.proto by `npm run generate`; edit that file.
export default {
  "nested": {
    "google": {
      "nested": {
        "rpc": {
          "nested": {
            "Status": {
              "fields": {
                "code": {
                  "type": "int32",
                  "id": 1
                },
                "message": {
                  "type": "string",
                  "id": 2
                },
                "details": {
                  "rule": "repeated",
                  "type": "Any",
                  "id": 3
                }
              }
            },
            "Any": {
              "fields": {
                "typeUrl": {
                  "type": "string",
                  "id": 1,
                  "protoName": "type_url"
                },
                "value": {
                  "type": "bytes",
                  "id": 2
                }
              }
            }
          }
        }
      }
    }
  }
};
