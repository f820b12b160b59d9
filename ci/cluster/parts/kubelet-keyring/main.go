// Command kubelet-keyring answers which credentials the kubelet would try for an image, by the kubelet's own code. It reads
// a question a line, as JSON, and writes an answer a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type secret struct {
	Type corev1.SecretType `json:"type"`
	// The text of the one key that secrets of this type have.
	Data string `json:"data"`
}

type question struct {
	Secrets []secret `json:"secrets"`
	Image   string   `json:"image"`
}

type credential struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type answer struct {
	Found       bool         `json:"found"`
	Credentials []credential `json:"credentials"`
	Error       string       `json:"error,omitempty"`
}

func main() {
	// It logs each entry that it leaves out; a logger that is none says nothing.
	klog.SetLogger(klog.Logger{})
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll(in io.Reader, out io.Writer) error {
	written := bufio.NewWriter(out)
	questions, answers := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(written)
	for {
		var asked question
		if err := questions.Decode(&asked); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		said, err := answerTo(asked)
		if err != nil {
			said = answer{Credentials: []credential{}, Error: err.Error()}
		}
		if err := answers.Encode(said); err != nil {
			return err
		}
		if err := written.Flush(); err != nil {
			return err
		}
	}
}

// answerTo takes the steps that the kubelet's image manager takes before a pull, without credential providers.
func answerTo(asked question) (answer, error) {
	repository, _, _, err := parsers.ParseImageName(asked.Image)
	if err != nil {
		return answer{}, fmt.Errorf("the image: %w", err)
	}
	mounted := make([]corev1.Secret, 0, len(asked.Secrets))
	for _, each := range asked.Secrets {
		// Each type has a key of its own name.
		key := "." + strings.TrimPrefix(string(each.Type), "kubernetes.io/")
		mounted = append(mounted, corev1.Secret{Type: each.Type, Data: map[string][]byte{key: []byte(each.Data)}})
	}
	keyring, err := secrets.MakeDockerKeyring(mounted, credentialprovider.UnionDockerKeyring{})
	if err != nil {
		return answer{}, fmt.Errorf("the secrets: %w", err)
	}
	matching, found := keyring.Lookup(repository)
	credentials := make([]credential, 0, len(matching))
	for _, each := range matching {
		credentials = append(credentials, credential{each.Username, each.Password})
	}
	return answer{Found: found, Credentials: credentials}, nil
}
