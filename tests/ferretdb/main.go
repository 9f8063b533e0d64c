// A MongoDB-protocol server for the tests: FerretDB on its SQLite backend, one request at a time.
//
// FerretDB 1.24 finds a document and writes it back in two steps, so two updates of one document may lose one of them,
// which MongoDB never does. Handing it one request at a time, over all clients, gives updates the atomicity of MongoDB's.
//
// usage: ferretdb FOLDER PORT (0 for any free one; the port is printed)
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const longestMessage = 48_000_000

func main() {
	folder, port := os.Args[1], os.Args[2]
	debug.SetGCPercent(400) // its memory is small, and there are few cores
	socket := filepath.Join(folder, "ferretdb.sock")
	_ = os.Remove(socket)
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/?_pragma=synchronous(off)", // what is killed is this process, never the machine
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(server.Run(context.Background())) }()
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	var turn sync.Mutex
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(client, socket, &turn)
	}
}

// serve passes a client's requests on, each in its turn, and the answers back.
func serve(client net.Conn, socket string, turn *sync.Mutex) {
	defer client.Close()
	backend, err := net.Dial("unix", socket)
	if err != nil {
		log.Print(err)
		return
	}
	defer backend.Close()
	for {
		request, err := read(client)
		if err != nil {
			return
		}
		answer, err := inTurn(backend, request, turn)
		if err != nil {
			return
		}
		if _, err = client.Write(answer); err != nil {
			return
		}
	}
}

func inTurn(backend net.Conn, request []byte, turn *sync.Mutex) ([]byte, error) {
	turn.Lock()
	defer turn.Unlock()
	if _, err := backend.Write(request); err != nil {
		return nil, err
	}
	return read(backend)
}

// read returns one message of the wire protocol: its first four bytes are its length, themselves included.
func read(from io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(head[:])
	if length < 16 || length > longestMessage {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	message := make([]byte, length)
	copy(message, head[:])
	_, err := io.ReadFull(from, message[4:])
	return message, err
}
