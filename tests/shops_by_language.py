"""What small shops export, by the language of their headers."""

# Refunds beside lines with the same columns.
REFUNDS = {
    "english": (
        "Refund #,Order #,SKU,Qty,Amount,Cur,Refunded on,Why\n"
        "R1,o1,p,1,2.50,CAD,12/23/2025 4:29 AM,changed my mind\n"
    ),
    "german": (
        "Retouren-Nr;Bestell-Nr;Artikel-Nr;Menge;Betrag;Währung;Erstattet am;Grund\n"
        "R1;o1;p;1;2,50;CAD;23.12.2025 10:00;zu klein\n"
    ),
    "chinese": (
        "退款编号,订单号,商品编码,数量,金额,币种,退款完成时间,退款原因\n"
        "R1,o1,p,1,2.50,CAD,2025-12-23 10:00:00,不喜欢\n"
    ),
}
# Lines with their orders, customers and refunds, as such shops export them.
SHOPS = {
    "french": (
        "N° de commande,Date de la commande,N° client,Référence,Quantité,Prix unitaire,Statut\n"
        'F1,14/03/2024 10:00,K1,SAVON,2,"4,50 €",Expédiée\n'
        'F2,15/03/2024 11:00,K2,THE,1,"1 250,00 €",Annulée\n',
        "Code client,Prénom,Adresse e-mail,Inscrit le,Ville,Code postal\nK1,Zoé,z@example.com,"
        "01/02/2023,Lyon,69001\n",
        "N° d'avoir,N° de commande,Montant remboursé,Date de remboursement,Motif\n"
        'A1,F1,"4,50 €",20/03/2024,cassé\n',
    ),
    "spanish": (
        "Nº de pedido,Fecha del pedido,Código de cliente,Ref.,Cantidad,Precio,Estado\n"
        'S1,14/03/2024 10:00,K1,JABÓN,2,"4,50 €",Enviado\n'
        'S2,15/03/2024 11:00,K2,TÉ,1,"1.250,00 €",Cancelado\n',
        "Código de cliente,Apellidos,Correo electrónico,Fecha de alta,Ciudad,Código postal\n"
        "K1,Ruiz,z@example.com,01/02/2023,Sevilla,41001\n",
        "Nº de devolución,Nº de pedido,Importe reembolsado,Fecha de reembolso,Motivo\n"
        'A1,S1,"4,50 €",20/03/2024,roto\n',
    ),
    "polish": (
        "Nr zamówienia,Data złożenia zamówienia,Nr klienta,Kod produktu,Ilość,Cena jednostkowa,"
        'Status\nP1,14.03.2024 10:00,K1,MYDŁO,2,"4,50 zł",Wysłane\n'
        'P2,15.03.2024 11:00,K2,HERBATA,1,"1 250,00 zł",Anulowane\n',
        "Nr klienta,Imię i nazwisko,E-mail,Data rejestracji,Miasto,Kod pocztowy\n"
        "K1,Zofia Nowak,z@example.com,01.02.2023,Łódź,90-001\n",
        "Nr zwrotu,Nr zamówienia,Kwota zwrotu,Data zwrotu,Powód\n"
        'A1,P1,"4,50 zł",20.03.2024,uszkodzone\n',
    ),
    "italian": (
        "N. ordine,Data ordine,Codice cliente,Codice articolo,Q.tà,Prezzo unitario,Stato\n"
        'I1,14/03/2024 10:00,K1,SAPONE,2,"€ 4,50",Spedito\n'
        'I2,15/03/2024 11:00,K2,TÈ,1,"€ 1.250,00",Annullato\n',
        "Codice cliente,Cognome,Indirizzo e-mail,Data di registrazione,Città,CAP\n"
        "K1,Rossi,z@example.com,01/02/2023,Torino,10121\n",
        "N. reso,N. ordine,Importo rimborsato,Data del rimborso,Motivo del reso\n"
        'A1,I1,"€ 4,50",20/03/2024,rotto\n',
    ),
    "dutch": (
        "Bestelnummer,Besteldatum,Klantnummer,Artikelnummer,Aantal,Prijs per stuk,Bestelstatus\n"
        'D1,14-03-2024 10:00,K1,ZEEP,2,"€ 4,50",Verzonden\n'
        'D2,15-03-2024 11:00,K2,THEE,1,"€ 1.250,00",Geannuleerd\n',
        "Klantnummer,Achternaam,E-mailadres,Klant sinds,Woonplaats,Postcode\n"
        "K1,de Vries,z@example.com,01-02-2023,Utrecht,3511 AB\n",
        "Retournummer,Bestelnummer,Terugbetaald bedrag,Datum terugbetaling,Reden van retour\n"
        'A1,D1,"€ 4,50",20-03-2024,kapot\n',
    ),
    "portuguese": (
        "N.º da encomenda,Data da encomenda,N.º de cliente,Referência,Quantidade,Preço unitário,"
        'Estado da encomenda\nP1,14/03/2024 10:00,K1,SABÃO,2,"4,50 €",Enviada\n'
        'P2,15/03/2024 11:00,K2,CHÁ,1,"1.250,00 €",Cancelada\n',
        "N.º de cliente,Apelido,Correio eletrónico,Data de registo,Localidade,Morada\n"
        "K1,Sousa,z@example.com,01/02/2023,Porto,Rua das Flores 1\n",
        "N.º da devolução,N.º da encomenda,Valor reembolsado,Data do reembolso,Motivo\n"
        'A1,P1,"4,50 €",20/03/2024,partido\n',
    ),
    "brazilian": (
        "Número do Pedido,Data da compra,Código do cliente,SKU,Qtde.,Valor unitário,Situação\n"
        'B1,14/03/2024 10:00,K1,SABÃO,2,"R$ 4,50",Despachado\n'
        'B2,15/03/2024 11:00,K2,CHÁ,1,"R$ 1.250,00",Cancelado\n',
        "Código do cliente,CPF,E-mail,Data de cadastro,Cidade,CEP\n"
        "K1,529.982.247-25,z@example.com,01/02/2023,Recife,50010-000\n",
        "Código da devolução,Pedido,Valor estornado,Data do estorno,Motivo da devolução\n"
        'A1,B1,"R$ 4,50",20/03/2024,quebrado\n',
    ),
}
