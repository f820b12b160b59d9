// Command credential-provider is a kubelet credential provider for the stories. It answers each request with the user
// and password that its environment has, or does as its one further argument says: `garbage`, `huge`,
// `late`, `hangs`, `fails`, `chatters`.
// Built with cgo it is linked to the C library at run time, and resolves names by it.
//
//go:debug netdns=cgo
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

const apiVersion = "credentialprovider.kubelet.k8s.io/v1"

type request struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Image      string `json:"image"`
}

type credential struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type response struct {
	APIVersion    string                `json:"apiVersion"`
	Kind          string                `json:"kind"`
	CacheKeyType  string                `json:"cacheKeyType"`
	CacheDuration string                `json:"cacheDuration"`
	Auth          map[string]credential `json:"auth"`
}

func main() {
	answer, err := answerTo(os.Args[1:])
	if err != nil {
		// Whoever shows this shows the password.
		fmt.Fprintln(os.Stderr, err, os.Getenv("PROVIDER_PASSWORD"))
		os.Exit(3)
	}
	fmt.Print(answer)
}

func answerTo(arguments []string) (string, error) {
	if environment := len(os.Environ()); environment != 2 {
		return "", fmt.Errorf("%d variables instead of the two that are configured", environment)
	}
	var asked request
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return "", err
	}
	if asked.APIVersion != apiVersion || asked.Kind != "CredentialProviderRequest" {
		return "", fmt.Errorf("asked as %s, %s", asked.APIVersion, asked.Kind)
	}
	if len(arguments) > 0 {
		return misbehave(arguments[0], asked.Image)
	}
	return right(asked.Image)
}

func misbehave(how, image string) (string, error) {
	password := os.Getenv("PROVIDER_PASSWORD")
	switch how {
	case "garbage":
		return "not JSON: " + password, nil
	case "huge":
		return strings.Repeat(password, 1<<21/len(password)), nil
	case "hangs":
		time.Sleep(time.Hour)
	case "late":
		time.Sleep(2 * time.Second)
		return right(image)
	case "chatters":
		fmt.Fprintln(os.Stderr, "the password is", password)
		return right(image)
	}
	return "", fmt.Errorf("told to fail")
}

func right(image string) (string, error) {
	// What a cloud's provider does first of all: by libc where this is linked to it, by Go's own resolver else.
	if _, err := net.LookupHost("localhost"); err != nil {
		return "", err
	}
	registry, _, _ := strings.Cut(image, "/")
	answer, err := json.Marshal(response{
		APIVersion:    apiVersion,
		Kind:          "CredentialProviderResponse",
		CacheKeyType:  "Registry",
		CacheDuration: "10m0s",
		Auth:          map[string]credential{registry: {os.Getenv("PROVIDER_USER"), os.Getenv("PROVIDER_PASSWORD")}},
	})
	return string(answer), err
}
