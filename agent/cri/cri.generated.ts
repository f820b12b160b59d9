// Made from protos/cri/v1/cri.proto by `npm run generate`; edit that file.
export default {
  "nested": {
    "runtime": {
      "nested": {
        "v1": {
          "nested": {
            "RuntimeService": {
              "methods": {
                "Version": {
                  "requestType": "VersionRequest",
                  "responseType": "VersionResponse"
                }
              }
            },
            "ImageService": {
              "methods": {
                "ImageStatus": {
                  "requestType": "ImageStatusRequest",
                  "responseType": "ImageStatusResponse"
                },
                "PullImage": {
                  "requestType": "PullImageRequest",
                  "responseType": "PullImageResponse"
                },
                "RemoveImage": {
                  "requestType": "RemoveImageRequest",
                  "responseType": "RemoveImageResponse"
                }
              }
            },
            "VersionRequest": {
              "fields": {
                "version": {
                  "type": "string",
                  "id": 1
                }
              }
            },
            "VersionResponse": {
              "fields": {
                "version": {
                  "type": "string",
                  "id": 1
                },
                "runtimeName": {
                  "type": "string",
                  "id": 2,
                  "protoName": "runtime_name"
                },
                "runtimeVersion": {
                  "type": "string",
                  "id": 3,
                  "protoName": "runtime_version"
                },
                "runtimeApiVersion": {
                  "type": "string",
                  "id": 4,
                  "protoName": "runtime_api_version"
                }
              }
            },
            "ImageSpec": {
              "fields": {
                "image": {
                  "type": "string",
                  "id": 1
                }
              }
            },
            "ImageStatusRequest": {
              "fields": {
                "image": {
                  "type": "ImageSpec",
                  "id": 1
                }
              }
            },
            "ImageStatusResponse": {
              "fields": {
                "image": {
                  "type": "Image",
                  "id": 1
                }
              }
            },
            "Image": {
              "fields": {
                "id": {
                  "type": "string",
                  "id": 1
                },
                "repoTags": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 2,
                  "protoName": "repo_tags"
                },
                "repoDigests": {
                  "rule": "repeated",
                  "type": "string",
                  "id": 3,
                  "protoName": "repo_digests"
                },
                "size": {
                  "type": "uint64",
                  "id": 4
                }
              }
            },
            "AuthConfig": {
              "fields": {
                "username": {
                  "type": "string",
                  "id": 1
                },
                "password": {
                  "type": "string",
                  "id": 2
                },
                "serverAddress": {
                  "type": "string",
                  "id": 4,
                  "protoName": "server_address"
                },
                "identityToken": {
                  "type": "string",
                  "id": 5,
                  "protoName": "identity_token"
                }
              }
            },
            "PullImageRequest": {
              "fields": {
                "image": {
                  "type": "ImageSpec",
                  "id": 1
                },
                "auth": {
                  "type": "AuthConfig",
                  "id": 2
                }
              }
            },
            "PullImageResponse": {
              "fields": {
                "imageRef": {
                  "type": "string",
                  "id": 1,
                  "protoName": "image_ref"
                }
              }
            },
            "RemoveImageRequest": {
              "fields": {
                "image": {
                  "type": "ImageSpec",
                  "id": 1
                }
              }
            },
            "RemoveImageResponse": {
              "fields": {}
            }
          }
        }
      }
    }
  }
};
